import type { Reads } from '@glia/database'
import { eventTypes, isJsonObject, type JsonObject, strippedStateTypes, stripStateEvent } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'
import { findEvent, findEvents, type StoredEvent, stateOfGroup } from '../timeline/index.ts'
import type { OwnRoom } from './own-rooms.ts'
import type { SyncLook } from './sync-request.ts'

/** `rooms.invite`: stripped state, the invitation itself last. Those of ignored users are not shown. */
export async function buildInvites(db: Reads<HomeserverSchema>, look: SyncLook, rooms: readonly OwnRoom[]): Promise<JsonObject> {
  const invites: JsonObject = {}
  for (const room of rooms) {
    if (look.ignoredUsers.has(room.memberSender)) continue
    const events = await readStrippedState(db, room)
    if (events) invites[room.roomId] = { invite_state: { events } }
  }
  return invites
}

/** `rooms.knock`. */
export async function buildKnocks(db: Reads<HomeserverSchema>, rooms: readonly OwnRoom[]): Promise<JsonObject> {
  const knocks: JsonObject = {}
  for (const room of rooms) {
    const events = await readStrippedState(db, room)
    if (events) knocks[room.roomId] = { knock_state: { events } }
  }
  return knocks
}

/** What a user who is invited or knocks may know of the room: stripped state, the own member event last. */
export async function readStrippedState(db: Reads<HomeserverSchema>, room: OwnRoom): Promise<JsonObject[] | undefined> {
  const event = room.memberEvent ?? (await findEvent(db, room.memberEventId))
  return event && strippedState(db, event)
}

/** What other servers sent with the event or, for our own rooms, the state before it. */
async function strippedState(db: Reads<HomeserverSchema>, member: StoredEvent): Promise<JsonObject[]> {
  const own = {
    ...stripStateEvent({ ...member, stateKey: member.stateKey ?? '' }),
    event_id: member.eventId,
    origin_server_ts: member.originServerTs,
  }
  const sent = sentState(member)
  if (sent) return [...sent, own]
  const state = await stateOfGroup(db, member.stateBefore, {
    tuples: [
      ...strippedStateTypes.map((type) => [type, ''] as const),
      ...(member.sender === member.stateKey ? [] : [[eventTypes.member, member.sender] as const]),
    ],
  })
  const events = await findEvents(db, state.values())
  return [...[...events.values()].map((event) => stripStateEvent({ ...event, stateKey: event.stateKey ?? '' })), own]
}

function sentState(member: StoredEvent): JsonObject[] | undefined {
  const { unsigned } = member.pdu
  const state = unsigned?.invite_room_state ?? unsigned?.knock_room_state
  return Array.isArray(state) ? state.filter(isJsonObject) : undefined
}
