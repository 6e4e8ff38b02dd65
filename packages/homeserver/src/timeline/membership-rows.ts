import type { Transaction } from '@glia/database'
import { type RoomId, type ServerName, serverNameOf, type UserId } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'
import { memberColumnsOf } from './derived-columns.ts'
import type { StateChange } from './state-writes.ts'

/** By how much the counters of a room change. */
export interface MembershipCounts {
  readonly joined: number
  readonly joinedLocal: number
  readonly invited: number
}

export function membershipCounts(members: readonly StateChange[], serverName: ServerName): MembershipCounts {
  let [joined, joinedLocal, invited] = [0, 0, 0]
  for (const { stateKey, event } of members) {
    const isLocal = serverNameOf(stateKey as UserId) === serverName
    const before = event.replaced && memberColumnsOf(event.replaced.content).membership
    const { membership: after } = memberColumnsOf(event.built.pdu.content)
    const joins = Number(after === 'join') - Number(before === 'join')
    joined += joins
    if (isLocal) joinedLocal += joins
    invited += Number(after === 'invite') - Number(before === 'invite')
  }
  return { joined, joinedLocal, invited }
}

/** Keeps one row for each member: the newest event wins, and whoever comes back, or is dealt with by others, has not forgotten the room. */
export async function writeMemberships(
  tx: Transaction<HomeserverSchema>,
  roomId: RoomId,
  members: readonly StateChange[],
  serverName: ServerName,
): Promise<void> {
  if (members.length === 0) return
  const latest = new Map(members.map((change) => [change.stateKey, change]))
  await tx.db
    .insertInto('memberships')
    .values(
      [...latest.values()].map(({ stateKey, event, position }) => ({
        room_id: roomId,
        user_id: stateKey,
        event_id: event.built.eventId,
        sender: event.draft.sender,
        position,
        is_local: serverNameOf(stateKey as UserId) === serverName ? 1 : 0,
        forgotten: 0,
        ...memberColumnsOf(event.built.pdu.content),
      })),
    )
    .onConflict((conflict) =>
      conflict.columns(['room_id', 'user_id']).doUpdateSet((eb) => ({
        membership: eb.ref('excluded.membership'),
        event_id: eb.ref('excluded.event_id'),
        sender: eb.ref('excluded.sender'),
        position: eb.ref('excluded.position'),
        is_local: eb.ref('excluded.is_local'),
        forgotten: eb.ref('excluded.forgotten'),
        display_name: eb.ref('excluded.display_name'),
        avatar_url: eb.ref('excluded.avatar_url'),
      })),
    )
    .execute()
}
