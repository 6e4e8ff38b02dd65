import { type JsonObject, type Membership, membershipOf, type RoomId, type UserId } from '@glia/protocol'
import { allFor } from '../account-data/index.ts'
import { type HistoryReader, openRoom, type RoomAccess, readMessages, readState } from '../history/index.ts'
import { allPresence } from '../presence/index.ts'
import { receiptChanges } from '../receipts/index.ts'
import { receiptsToWire } from './ephemeral.ts'
import { presenceToEvent } from './presence-section.ts'
import type { SyncDeps } from './sync-deps.ts'

const DEFAULT_LIMIT = 10

/**
 * A room as it is now, on the wire; for those who left, as it was then.
 * @throws MatrixError 403 M_FORBIDDEN
 */
export async function roomSnapshot(deps: SyncDeps, reader: HistoryReader, roomId: RoomId, limit = DEFAULT_LIMIT) {
  const db = deps.database.read
  const now = await deps.database.currentPosition()
  const { access } = await openRoom(deps, roomId, reader)
  const page = await readMessages(deps, reader, roomId, { from: undefined, to: undefined, direction: 'b', limit, filter: undefined })
  const state = await readState(deps, reader, roomId)
  const isJoined = access.kind === 'joined'
  const accountData = (await allFor(db, reader.userId, now)).rooms.filter((entry) => entry.roomId === roomId)
  const receipts = isJoined ? receiptsToWire(await receiptChanges(db, [roomId], 0, now, reader.userId)).get(roomId) : undefined
  const joined = state.flatMap(({ type, content, state_key: userId }) =>
    type === 'm.room.member' && content.membership === 'join' ? (userId as UserId) : [],
  )
  return {
    room_id: roomId,
    ...(access.kind === 'peeking' ? {} : { membership: membershipIn(access) }),
    messages: { start: page.end ?? page.start, end: page.start, chunk: page.chunk.toReversed() },
    state,
    account_data: accountData.map(({ type, content }) => ({ type, content })),
    receipts: receipts ? [{ ...receipts, room_id: roomId }] : [],
    presence: isJoined ? await presenceOf(deps, reader.userId, new Set(joined), now) : [],
  }
}

function membershipIn(access: RoomAccess): Membership {
  return access.kind === 'left' ? (membershipOf(access.until) ?? 'leave') : 'join'
}

async function presenceOf(deps: SyncDeps, viewer: UserId, members: ReadonlySet<UserId>, now: number): Promise<JsonObject[]> {
  const { presence } = deps
  if (!presence) return []
  const rows = await allPresence(deps.database.read, viewer, { upTo: now, includeOffline: true })
  const nowMs = deps.clock.nowMs()
  return rows.filter(({ user_id }) => members.has(user_id as UserId)).map((row) => presenceToEvent(row, nowMs, presence))
}
