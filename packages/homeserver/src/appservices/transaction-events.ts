import type { Reads } from '@glia/database'
import { type Appservice, type ClientEvent, eventTypes, isOwnUser, type JsonObject } from '@glia/protocol'
import { toClientEvents } from '../history/index.ts'
import { inviteState } from '../membership/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import { findEvents, type StoredEvent } from '../timeline/index.ts'

const NOBODY: ReadonlySet<string> = new Set()

/** Events as an application service gets them; invites of its users tell what the room is, as in Synapse. Those that are gone are left out. */
export async function eventsForService(
  db: Reads<HomeserverSchema>,
  service: Appservice,
  eventIds: readonly string[],
  nowMs: number,
): Promise<{ events: ClientEvent[]; stored: StoredEvent[] }> {
  const found = await findEvents(db, eventIds)
  const stored = eventIds.flatMap((id) => found.get(id as StoredEvent['eventId']) ?? [])
  const view = { userId: service.sender, sessionId: undefined, ignoredUsers: NOBODY, nowMs, place: 'elsewhere', bundles: false } as const
  const events = await toClientEvents(db, stored, view)
  for (const [index, event] of stored.entries()) {
    if (!isInviteOfOwnUser(service, event)) continue
    const written = events[index] as { unsigned?: JsonObject }
    written.unsigned = { ...written.unsigned, invite_room_state: (await inviteState(db, event.roomId, event.eventId)) as never }
  }
  return { events, stored }
}

function isInviteOfOwnUser(service: Appservice, { type, stateKey, content }: StoredEvent): boolean {
  return type === eventTypes.member && content.membership === 'invite' && stateKey !== undefined && isOwnUser(service, stateKey)
}
