import type { Database } from '@glia/database'
import type { Clock } from '@glia/platform'
import { type Appservice, isOwnUser, type JsonObject } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'
import { deleteUpTo } from '../to-device/index.ts'
import type { TypingUsers } from '../typing/index.ts'
import { receiptsForService, type ToDeviceForService, toDeviceForService } from './ephemeral.ts'
import { changeFeed, dropQueuedUpTo, insertTransaction, type Lease, queuedEvents, readFeed, type StoredTransaction } from './feed-store.ts'
import { changedDeviceLists, keyCountsOf } from './key-extensions.ts'
import type { RoomInterest } from './room-interest.ts'
import { eventsForService } from './transaction-events.ts'

export interface FormDeps {
  readonly database: Database<HomeserverSchema>
  readonly clock: Clock
  readonly typing: TypingUsers
  readonly service: Appservice
  readonly interest: RoomInterest
}

/** As Synapse sends at most in one transaction. */
const MAX_EVENTS = 100

/**
 * Takes what waits for a service into a transaction, which is kept until it is accepted. To-device messages are then the transaction's.
 * @param typingRooms rooms whose typing changed
 * @returns undefined if nothing waits
 * @throws LeaseLostError
 */
export async function formTransaction(
  deps: FormDeps,
  lease: Lease,
  typingRooms: readonly string[],
): Promise<StoredTransaction | undefined> {
  const { database, clock, service } = deps
  const { read } = database
  const now = await database.currentPosition()
  const feed = await readFeed(read, service.id)
  const queued = await queuedEvents(read, service.id, MAX_EVENTS)
  const eventIds = queued.map(({ eventId }) => eventId)
  const { events, stored } = await eventsForService(read, service, eventIds, clock.nowMs())
  const body: JsonObject = { events: events as never }
  const changes: Parameters<typeof changeFeed>[2] = {}

  let toDevice: readonly ToDeviceForService[] = []
  let hasMore = false
  if (service.receivesEphemeral) {
    const receipts = await receiptsForService(read, service, deps.interest, feed.receipts_position, now)
    const ephemeral = [...(await typingForService(deps, typingRooms)), ...receipts.found]
    const messages = await toDeviceForService(read, service, feed.to_device_position, now)
    toDevice = messages.found
    Object.assign(changes, { receipts_position: receipts.position, to_device_position: messages.position })
    if (ephemeral.length > 0) Object.assign(body, { ephemeral, 'de.sorunome.msc2409.ephemeral': ephemeral })
    if (toDevice.length > 0) body['de.sorunome.msc2409.to_device'] = toDevice.map(({ wire }) => wire)
    hasMore ||= ephemeral.length > 0 || toDevice.length > 0
  }
  if (service.receivesKeyCounts) {
    const changed = await changedDeviceLists(read, service, deps.interest, feed.device_lists_position, now)
    Object.assign(changes, { device_lists_position: now })
    if (changed.length > 0) body['org.matrix.msc3202.device_lists'] = { changed, left: [] }
    hasMore ||= changed.length > 0
    const rooms = new Set(stored.map(({ roomId }) => roomId as string))
    if (rooms.size > 0 || toDevice.length > 0) await addKeyCounts(deps, body, rooms, toDevice)
  }

  const hasSomething = events.length > 0 || hasMore
  const transaction = { id: feed.last_transaction_id + 1, body: JSON.stringify(body) }
  const moved = Object.keys(changes).length > 0 && isMoved(feed, changes)
  if (!hasSomething && !moved && queued.length === 0) return undefined
  await database.transaction(async (tx) => {
    await changeFeed(tx, lease, { ...changes, ...(hasSomething ? { last_transaction_id: transaction.id } : {}) })
    if (queued.length > 0) await dropQueuedUpTo(tx, service.id, queued.at(-1)!.position)
    for (const { userId, deviceId, position } of toDevice) await deleteUpTo(tx, userId, deviceId as never, position)
    if (hasSomething) await insertTransaction(tx, service.id, transaction)
  })
  return hasSomething ? transaction : undefined
}

function isMoved(feed: object, changes: object): boolean {
  // positions of streams that had nothing are kept back: writing them down each time would be a commit for nothing
  const distance = (name: string) => (changes as Record<string, number>)[name]! - (feed as Record<string, number>)[name]!
  return Object.keys(changes).some((name) => distance(name) > MAX_IDLE_DISTANCE)
}

/** How many changes may be looked through again after a restart. */
const MAX_IDLE_DISTANCE = 1000

async function typingForService({ database, typing, interest }: FormDeps, rooms: readonly string[]): Promise<JsonObject[]> {
  const events: JsonObject[] = []
  for (const roomId of rooms) {
    if (!(await interest.isRoomOfInterest(database.read, roomId))) continue
    events.push({ type: 'm.typing', room_id: roomId, content: { user_ids: typing.typingUsers(roomId as never) } })
  }
  return events
}

/** For the service's users that get to-device messages or are in the rooms of the events. */
async function addKeyCounts(
  { database, interest, service }: FormDeps,
  body: JsonObject,
  rooms: ReadonlySet<string>,
  toDevice: readonly ToDeviceForService[],
): Promise<void> {
  const users = new Set<string>(toDevice.map(({ userId }) => userId))
  for (const roomId of rooms) for (const userId of await interest.ownMembers(database.read, roomId)) users.add(userId)
  const own = [...users].filter((userId) => isOwnUser(service, userId))
  const { counts, fallbackTypes } = await keyCountsOf(database.read, own)
  if (Object.keys(counts).length === 0) return
  // both spellings are in use
  body['org.matrix.msc3202.device_one_time_keys_count'] = counts
  body['org.matrix.msc3202.device_one_time_key_counts'] = counts
  body['org.matrix.msc3202.device_unused_fallback_key_types'] = fallbackTypes
}
