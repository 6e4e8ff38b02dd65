import { contract, MatrixError } from '@glia/contract'
import type { Database } from '@glia/database'
import { type Route, route } from '@glia/http'
import type { UserId } from '@glia/protocol'
import type { UserTables } from './tables.ts'
import type { Users } from './users.ts'

/** Those that Synapse knows. Here they are on for everybody; the switches are kept for the tools that set them. */
const FEATURES = ['msc3881', 'msc3575', 'msc4222']

/** Synapse Admin API, "Experimental Features API". */
export function experimentalFeatureRoutes({ database, users }: { database: Database<UserTables>; users: Users }): Route[] {
  const { experimentalFeatures } = contract.admin
  return [
    route(experimentalFeatures.getExperimentalFeatures, async ({ params }) => {
      const rows = await database.read
        .selectFrom('user_experimental_features')
        .select('feature')
        .where('user_id', '=', params.user_id)
        .execute()
      const enabled = new Set(rows.map(({ feature }) => feature))
      return { features: Object.fromEntries(FEATURES.map((feature) => [feature, enabled.has(feature)])) }
    }),
    route(experimentalFeatures.setExperimentalFeatures, async ({ params, body }) => {
      const wanted = Object.entries(body.features ?? {})
      if (wanted.length === 0) throw new MatrixError('M_UNKNOWN', 'You must provide features to set.')
      for (const [feature, value] of wanted) {
        if (!FEATURES.includes(feature))
          throw new MatrixError('M_UNKNOWN', `'${feature}' is not recognised as a valid experimental feature.`)
        if (typeof value !== 'boolean') throw new MatrixError('M_BAD_JSON', `features.${feature} must be a boolean`)
      }
      if (!(await users.find(params.user_id as UserId))) throw new MatrixError('M_NOT_FOUND', 'User not found')
      await database.transaction(async (tx) => {
        for (const [feature, isEnabled] of wanted) {
          const row = { user_id: params.user_id, feature }
          if (isEnabled)
            await tx.db
              .insertInto('user_experimental_features')
              .values(row)
              .onConflict((conflict) => conflict.doNothing())
              .execute()
          else
            await tx.db.deleteFrom('user_experimental_features').where('user_id', '=', row.user_id).where('feature', '=', feature).execute()
        }
      })
      return {}
    }),
  ]
}
