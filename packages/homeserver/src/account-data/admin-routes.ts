import { contract, MatrixError } from '@glia/contract'
import type { Database } from '@glia/database'
import { type Route, route } from '@glia/http'
import { isUserId, type JsonObject, type ServerName, serverNameOf, type UserId } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'

/** Synapse Admin API, "Account Data". Push rules have their own tables and are not in it. */
export function accountDataAdminRoutes({
  database,
  serverName,
}: {
  database: Database<HomeserverSchema>
  serverName: ServerName
}): Route[] {
  return [
    route(contract.admin.userData.listAccountData, async ({ params }) => {
      const { user_id: userId } = params
      if (!isUserId(userId) || serverNameOf(userId) !== serverName) throw new MatrixError('M_UNKNOWN', 'Can only look up local users')
      await requireUser(database, userId)
      const rows = await database.read
        .selectFrom('account_data')
        .select(['room_id', 'type', 'content'])
        .where('user_id', '=', userId)
        .orderBy('room_id')
        .orderBy('type')
        .execute()
      const contents = (entries: typeof rows) =>
        Object.fromEntries(entries.map(({ type, content }) => [type, JSON.parse(content) as JsonObject]))
      const byRoom = Map.groupBy(rows, ({ room_id }) => room_id)
      const global = contents(byRoom.get('') ?? [])
      byRoom.delete('')
      const rooms = Object.fromEntries([...byRoom].map(([roomId, entries]) => [roomId, contents(entries)]))
      return { account_data: { global, rooms } }
    }),
  ]
}

async function requireUser(database: Database<HomeserverSchema>, userId: UserId): Promise<void> {
  const user = await database.read.selectFrom('users').select('user_id').where('user_id', '=', userId).executeTakeFirst()
  if (!user) throw new MatrixError('M_NOT_FOUND', 'User not found')
}
