import { contract, MatrixError } from '@glia/contract'
import type { Database, Reads } from '@glia/database'
import { type Route, route } from '@glia/http'
import { checkStorableText } from '../storable-text.ts'
import { keyOf, type SelectionKey, selectionOf, selectUsers, type WireSelection } from './select-users.ts'
import type { UserTables } from './tables.ts'
import type { UserRecord } from './user-record.ts'

export function userSelectionRoutes({ database }: { database: Database<UserTables> }): Route[] {
  return [
    route(contract.glia.users.findUsers, async ({ query }) => {
      const order = { by: query.order_by, descending: query.dir === 'b' }
      checkSelection(query)
      const behind = query.from === undefined ? undefined : parseToken(query.from, order.by === 'user_id' ? 1 : 2)
      const found = await selectUsers(database.read, selectionOf(query), { order, behind, limit: query.limit + 1 })
      const users = found.slice(0, query.limit)
      return {
        users: users.map(toWire),
        ...(found.length > users.length ? { next_token: formatToken(keyOf(users.at(-1)!, order)) } : {}),
      }
    }),
  ]
}

/** @throws MatrixError M_INVALID_PARAM: texts that no database keeps */
export function checkSelection({ search, user_type, ip }: WireSelection): void {
  for (const [name, value] of Object.entries({ search, user_type, ip })) checkStorableText(value ?? '', name)
}

function formatToken(key: SelectionKey): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url')
}

/** @throws MatrixError M_INVALID_PARAM */
function parseToken(token: string, length: number): SelectionKey {
  try {
    const key: unknown = JSON.parse(Buffer.from(token, 'base64url').toString())
    const isKey = Array.isArray(key) && key.length === length && typeof key.at(-1) === 'string' && !key.at(-1).includes('\0')
    if (isKey && (length === 1 || Number.isSafeInteger(key[0]))) return key
  } catch {
    // no token of ours
  }
  throw new MatrixError('M_INVALID_PARAM', 'from must be the next_token of the page before, in the same order')
}

/** As in the list, by id. */
export async function usersById(reads: Reads<UserTables>, userIds: readonly string[]) {
  const order = { by: 'user_id', descending: false } as const
  const found = await selectUsers(reads, { userIds }, { order, behind: undefined, limit: userIds.length })
  return new Map<string, ReturnType<typeof toWire>>(found.map((user) => [user.userId, toWire(user)]))
}

function toWire(user: UserRecord) {
  return {
    user_id: user.userId,
    displayname: user.displayName ?? null,
    avatar_url: user.avatarUrl ?? null,
    admin: user.isAdmin,
    role: user.adminRole ?? null,
    guest: user.isGuest,
    locked: user.isLocked,
    suspended: user.isSuspended,
    shadow_banned: user.isShadowBanned,
    deactivated: user.isDeactivated,
    erased: user.isErased,
    user_type: user.userType ?? null,
    appservice_id: user.appserviceId ?? null,
    created_at: user.createdAtMs,
    last_seen: user.lastSeenMs ?? null,
  }
}
