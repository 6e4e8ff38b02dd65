import type { Reads } from '@glia/database'
import type { UserId } from '@glia/protocol'
import type { UserTables } from './tables.ts'

/** An address from which an account was used, with the agent seen there last on a device. */
export interface UserAddress {
  readonly ip: string
  readonly userAgent: string
  readonly lastSeenMs: number
}

/** One for each device and address, newest first; up to some seconds late. */
export async function listAddresses(reads: Reads<UserTables>, userId: UserId): Promise<UserAddress[]> {
  const rows = await reads
    .selectFrom('user_addresses')
    .selectAll()
    .where('user_id', '=', userId)
    .orderBy('last_seen_ms', 'desc')
    .orderBy('device_id')
    .execute()
  const newest = new Map<string, UserAddress>()
  for (const row of rows) {
    const key = `${row.device_id}\n${row.ip}`
    if (!newest.has(key)) newest.set(key, { ip: row.ip, userAgent: row.user_agent, lastSeenMs: row.last_seen_ms })
  }
  return [...newest.values()]
}
