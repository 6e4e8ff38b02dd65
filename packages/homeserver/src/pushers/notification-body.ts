import type { Reads } from '@glia/database'
import { eventTypes, type JsonObject, type JsonValue, type UserId } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'
import { loadSummaries, type NotifyingEvent, type OwnRoom } from '../sync/index.ts'
import { findEvent } from '../timeline/index.ts'
import type { SendingPusher } from './pusher-store.ts'

/**
 * What a gateway is told about an event (Push Gateway API). The two formats are those of Synapse: `event_id_only`, for clients that fetch the
 * event themselves, and the full one.
 * @param unread goes to `counts`
 */
export async function notificationOf(
  db: Reads<HomeserverSchema>,
  pusher: SendingPusher,
  notifying: NotifyingEvent,
  { unread, includeContent }: { unread: number; includeContent: boolean },
): Promise<JsonObject | undefined> {
  const event = await findEvent(db, notifying.eventId)
  if (!event) return undefined
  const { room, result } = notifying
  const isUrgent = event.type === eventTypes.encrypted || result.highlight || result.sound !== undefined
  const about = { event_id: event.eventId, room_id: event.roomId, counts: { unread }, prio: isUrgent ? 'high' : 'low' }
  if (pusher.data.format === 'event_id_only') return { ...about, devices: [deviceOf(pusher)] }
  const name = await roomName(db, pusher.userId, room)
  const isMember = event.type === eventTypes.member && event.stateKey !== undefined
  return {
    ...about,
    // older gateways look for the event's id here
    id: event.eventId,
    type: event.type,
    sender: event.sender,
    sender_display_name: await displayNameOf(db, room, event.sender),
    ...(name === undefined ? {} : { room_name: name }),
    ...(room.canonicalAlias === undefined ? {} : { room_alias: room.canonicalAlias }),
    ...(isMember ? { membership: event.content.membership ?? null, user_is_target: event.stateKey === pusher.userId } : {}),
    ...(includeContent && Object.keys(event.content).length > 0 ? { content: event.content } : {}),
    devices: [{ ...deviceOf(pusher), tweaks: tweaksOf(notifying) }],
  }
}

/** What a gateway is told when only the number of unread rooms or messages has changed. */
export function badgeOf(pusher: SendingPusher, unread: number): JsonObject {
  return { id: '', sender: '', type: null, counts: { unread }, devices: [deviceOf(pusher)] }
}

function deviceOf({ appId, pushkey, pushkeyAtMs, data }: SendingPusher): JsonObject {
  const { url: _url, ...others } = data
  return { app_id: appId, pushkey, pushkey_ts: Math.floor(pushkeyAtMs / 1000), data: others }
}

function tweaksOf({ result }: NotifyingEvent): JsonObject {
  const tweaks = result.actions.flatMap((action): [string, JsonValue][] =>
    typeof action === 'string' || typeof action.set_tweak !== 'string' ? [] : [[action.set_tweak, action.value ?? true]],
  )
  return Object.fromEntries(tweaks)
}

async function displayNameOf(db: Reads<HomeserverSchema>, room: OwnRoom, userId: UserId): Promise<string> {
  const member = await db
    .selectFrom('memberships')
    .select('display_name')
    .where('room_id', '=', room.roomId)
    .where('user_id', '=', userId)
    .executeTakeFirst()
  return member?.display_name || userId
}

/** A name from members only where there are several: between two, the sender's name says it. */
async function roomName(db: Reads<HomeserverSchema>, userId: UserId, room: OwnRoom): Promise<string | undefined> {
  const name = room.name ?? room.canonicalAlias
  if (name !== undefined || room.membership !== 'join' || room.joinedMembers + room.invitedMembers < 3) return name
  const heroes = (await loadSummaries(db, userId, [room])).get(room.roomId)?.heroes ?? []
  const [first, second] = heroes.map((hero) => hero.displayName ?? hero.userId)
  const others = room.joinedMembers + room.invitedMembers - 2
  return first === undefined || second === undefined ? undefined : `${first} and ${others === 1 ? second : `${others} others`}`
}
