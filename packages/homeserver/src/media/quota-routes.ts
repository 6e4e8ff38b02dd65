import { contract, MatrixError } from '@glia/contract'
import type { Database } from '@glia/database'
import { Reply, type Route, route } from '@glia/http'
import type { HomeserverSchema } from '../schema.ts'
import { findQuota, resetQuota, setQuota, usedBy } from './upload-limits.ts'

const LIMIT_PAGE = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Upload limit</title></head>
<body><h1>You have reached your upload limit</h1>
<p>This server limits how much each user may upload. Try again later, delete files that you no longer need, or ask the admins of the server.</p>
</body></html>
`

/** What users may upload, for admins; and the page that tells users of it. */
export function mediaQuotaRoutes(deps: { database: Database<HomeserverSchema>; defaultQuotaBytes: number | null }): Route[] {
  const { database, defaultQuotaBytes } = deps
  const endpoints = contract.glia.mediaQuotas

  const requireUser = async (userId: string): Promise<void> => {
    const user = await database.read.selectFrom('users').select('user_id').where('user_id', '=', userId).executeTakeFirst()
    if (!user) throw new MatrixError('M_NOT_FOUND', 'User not found')
  }
  const answer = async (userId: string) => {
    const { maxBytes, isDefault } = await findQuota(database.read, userId, defaultQuotaBytes)
    const { bytes, files } = await usedBy(database.read, userId)
    return { max_bytes: maxBytes, is_default: isDefault, used_bytes: bytes, files }
  }

  return [
    route(endpoints.getMediaQuota, async ({ params }) => {
      await requireUser(params.user_id)
      return answer(params.user_id)
    }),
    route(endpoints.setMediaQuota, async ({ params, body }) => {
      await requireUser(params.user_id)
      await database.transaction((tx) => setQuota(tx, params.user_id, body.max_bytes))
      return answer(params.user_id)
    }),
    route(endpoints.resetMediaQuota, async ({ params }) => {
      await requireUser(params.user_id)
      await database.transaction((tx) => resetQuota(tx, params.user_id))
      return answer(params.user_id)
    }),
    route(contract.pages.mediaLimits.showUploadLimit, async () => Reply.html(200, LIMIT_PAGE)),
  ]
}
