import { MatrixError } from '@glia/contract'
import type { Reads } from '@glia/database'
import { matchesGlob, type RoomId } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'
import { isListed, listEntries } from './list-store.ts'

/**
 * Nobody gets into a room that an admin blocked, whether it still exists or not.
 * @throws MatrixError M_UNKNOWN with status 403
 */
export async function refuseBlockedRoom(reads: Reads<HomeserverSchema>, roomId: RoomId, nowMs: number): Promise<void> {
  if (roomId.includes('\0')) return
  if (await isListed(reads, 'rooms', [roomId], nowMs)) {
    throw new MatrixError('M_UNKNOWN', 'This room has been blocked on this server', { status: 403 })
  }
}

/** @param sha256 hexadecimal */
export function isContentBlocked(reads: Reads<HomeserverSchema>, sha256: string, nowMs: number): Promise<boolean> {
  return isListed(reads, 'media', [sha256], nowMs)
}

/** Whether nothing may be asked of a server. @param server host or server name, with or without a port */
export function isServerBlocked(reads: Reads<HomeserverSchema>, server: string, nowMs: number): Promise<boolean> {
  return isListed(reads, 'servers', namesOfServer(server), nowMs)
}

/** What stands for a server in the list: itself, without its port, and `*.` before each domain it is in. */
export function namesOfServer(server: string): string[] {
  const name = server.toLowerCase()
  const host = name.replace(/:\d+$/, '')
  const labels = host.startsWith('[') ? [] : host.split('.')
  return [...new Set([name, host, ...labels.slice(1).map((_, index) => `*.${labels.slice(index + 1).join('.')}`)])]
}

/** Whether admins keep a user name from being registered. */
export async function isUsernameReserved(reads: Reads<HomeserverSchema>, localpart: string, nowMs: number): Promise<boolean> {
  const patterns = await listEntries(reads, 'usernames', { nowMs })
  return patterns.some(({ item }) => matchesGlob(item, localpart))
}
