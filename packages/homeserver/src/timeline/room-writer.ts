import { MatrixError } from '@glia/contract'
import type { Transaction } from '@glia/database'
import type { Clock } from '@glia/platform'
import {
  type AuthEvent,
  authorizeEvent,
  authTypesNeeded,
  type BuiltPdu,
  buildPdu,
  CanonicalJsonError,
  canonicalJson,
  type EventId,
  EventTooLargeError,
  eventTypes,
  type JsonObject,
  maxDepth,
  maxPrevEvents,
  type PowerLevelsView,
  powerLevelsView,
  type RoomId,
  type RoomVersion,
  type ServerName,
  type SigningKey,
  type StateTuple,
  serverNameOf,
  stateMapKey,
  type UnsignedPdu,
  type UserId,
} from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'
import type { RoomChange, SignalBus } from '../signals.ts'
import type { StoredEvent } from './event-store.ts'
import { loadStateEvents } from './load-state-events.ts'
import type { SavedRoom } from './persist-events.ts'
import { persistEvents } from './persist-events.ts'
import { stateAfterEvent } from './state-beside.ts'
import {
  findTransactionEvent,
  isSameTransaction,
  type RecordedTransaction,
  recordTransactions,
  type TransactionKey,
} from './transactions.ts'

/** What a new event is to say. The rest (ids, depth, hashes, signatures …) is filled in. */
export interface EventDraft {
  readonly type: string
  readonly sender: UserId
  /** Present (perhaps empty) exactly on state events. */
  readonly stateKey?: string
  readonly content: JsonObject
  /** Target of an `m.room.redaction`; put where the room version wants it. */
  readonly redacts?: EventId
  /** Default: now. */
  readonly originServerTs?: number
  /**
   * Follows this event instead of the newest, judged by the state then: what somebody who has left may still say about what they said.
   * Only for events that are not state. It is told to clients as new, and later events do not follow it.
   */
  readonly after?: StoredEvent
}

export interface AppendedEvent {
  readonly eventId: EventId
  /** false: a state event that says what the current one says already, which stands for it. */
  readonly isNew: boolean
}

/** An event that is made and authorized but not written yet. */
export interface PendingEvent {
  readonly built: BuiltPdu
  readonly draft: EventDraft
  /** The state event that it replaces. */
  readonly replaced: AuthEvent | undefined
}

/** What an event follows. */
interface Place {
  readonly prevEvents: readonly EventId[]
  readonly state: ReadonlyMap<string, AuthEvent | undefined>
}

/** Keeps something in step with the events, in the same transactions. */
export interface EventObserver {
  /** Told after the events are written, in the order of their positions. */
  eventsAdded(tx: Transaction<HomeserverSchema>, roomId: RoomId, events: readonly ObservedEvent[]): Promise<void>
  /** Told when a redaction takes effect. @param event as it was before */
  contentRemoved(tx: Transaction<HomeserverSchema>, roomId: RoomId, event: ObservedEvent): Promise<void>
}

export interface ObservedEvent {
  /** Change position. */
  readonly position: number
  readonly type: string
  readonly content: JsonObject
}

export interface RoomWriterDeps {
  readonly serverName: ServerName
  readonly signingKey: SigningKey
  readonly clock: Clock
  readonly observers?: readonly EventObserver[]
}

/**
 * Makes events of one room, one after another, inside a transaction that holds the room's lock. Each event is judged by the state with
 * all before it. They are written together by `flush`, so that change positions are taken late and many events cost few statements.
 */
export class RoomWriter {
  readonly version: RoomVersion
  readonly #deps: RoomWriterDeps
  readonly #tx: Transaction<HomeserverSchema>
  #saved: SavedRoom
  /** Current state as far as it was looked at, with the pending events. undefined: there is no such entry. */
  readonly #state = new Map<string, AuthEvent | undefined>()
  #prevEvents: EventId[]
  #depth: number
  #pending: PendingEvent[] = []
  #lastPosition: number | undefined
  readonly #transactions: RecordedTransaction[] = []
  readonly #changedUsers = new Set<UserId>()
  readonly #changes = new Set<RoomChange>()

  constructor(deps: RoomWriterDeps, tx: Transaction<HomeserverSchema>, saved: SavedRoom) {
    this.#deps = deps
    this.#tx = tx
    this.#saved = saved
    this.version = saved.version
    this.#prevEvents = saved.extremities.map(({ eventId }) => eventId).slice(0, maxPrevEvents)
    this.#depth = saved.extremities.reduce((depth, extremity) => Math.max(depth, extremity.depth), 0)
  }

  /** Known after the create event where the room version derives it from that. */
  get roomId(): RoomId {
    if (this.#saved.roomId === undefined) throw new Error('the room has no id before its create event')
    return this.#saved.roomId
  }

  /** The current state event of this type and key, pending ones included. */
  async state(type: string, stateKey: string): Promise<AuthEvent | undefined> {
    await this.loadState([[type, stateKey]])
    return this.#state.get(stateMapKey(type, stateKey))
  }

  /** Reads many entries at once, for later calls of `state`. */
  async loadState(tuples: readonly StateTuple[]): Promise<void> {
    const missing = tuples.filter(([type, key]) => !this.#state.has(stateMapKey(type, key)))
    if (missing.length === 0) return
    for (const [type, key] of missing) this.#state.set(stateMapKey(type, key), undefined)
    if (!this.#saved.exists) return
    for (const event of await loadStateEvents(this.#tx.db, this.roomId, missing)) {
      this.#state.set(stateMapKey(event.type, event.stateKey), event)
    }
  }

  /** The levels in force. */
  async powerLevels(): Promise<PowerLevelsView> {
    await this.loadState([
      [eventTypes.create, ''],
      [eventTypes.powerLevels, ''],
    ])
    const create = await this.state(eventTypes.create, '')
    return powerLevelsView((await this.state(eventTypes.powerLevels, ''))?.content, create, this.version)
  }

  /**
   * Makes the next event of the room. A state event that repeats the sender's own current one is not sent again.
   * @throws MatrixError M_FORBIDDEN with the rule's reason, M_TOO_LARGE, M_BAD_JSON for contents without canonical form
   */
  async append(draft: EventDraft): Promise<AppendedEvent> {
    const needed = authTypesNeeded(draft, this.version)
    if (draft.after) return this.#appendBeside(draft, draft.after, needed)
    const replacing: StateTuple[] = draft.stateKey === undefined ? [] : [[draft.type, draft.stateKey]]
    await this.loadState([...needed, [eventTypes.create, ''], ...replacing])
    const replaced = draft.stateKey === undefined ? undefined : this.#state.get(stateMapKey(draft.type, draft.stateKey))
    if (replaced && isRepetition(replaced, draft)) return { eventId: replaced.eventId, isNew: false }

    const built = this.#authorized(draft, needed, { prevEvents: this.#prevEvents, state: this.#state })
    this.#remember(built, draft, replaced)
    return { eventId: built.eventId, isNew: true }
  }

  async #appendBeside(draft: EventDraft, after: StoredEvent, needed: readonly StateTuple[]): Promise<AppendedEvent> {
    const state = await stateAfterEvent(this.#tx.db, after, [...needed, [eventTypes.create, '']])
    const built = this.#authorized(draft, needed, { prevEvents: [after.eventId], state })
    this.#pending.push({ built, draft, replaced: undefined })
    return { eventId: built.eventId, isNew: true }
  }

  #authorized(draft: EventDraft, needed: readonly StateTuple[], place: Place): BuiltPdu {
    const fields = this.#fieldsOf(draft, needed, place)
    const verdict = authorizeEvent(fields, (type, key) => place.state.get(stateMapKey(type, key)), this.version)
    if (!verdict.allowed) throw new MatrixError('M_FORBIDDEN', verdict.reason)
    return this.#build(fields)
  }

  #fieldsOf(draft: EventDraft, needed: readonly StateTuple[], { prevEvents, state }: Place): UnsignedPdu {
    const authEvents = needed.flatMap(([type, key]) => state.get(stateMapKey(type, key))?.eventId ?? [])
    const isIdless = draft.type === eventTypes.create && this.version.roomIdIsCreateHash
    const redactsAtTop = draft.redacts !== undefined && !this.version.redactsInContent
    return {
      type: draft.type,
      ...(isIdless ? {} : { room_id: this.roomId }),
      sender: draft.sender,
      ...(draft.stateKey === undefined ? {} : { state_key: draft.stateKey }),
      content: draft.redacts === undefined || redactsAtTop ? draft.content : { ...draft.content, redacts: draft.redacts },
      ...(redactsAtTop ? { redacts: draft.redacts! } : {}),
      origin_server_ts: draft.originServerTs ?? this.#deps.clock.nowMs(),
      depth: Math.min(this.#depth + 1, maxDepth),
      prev_events: [...prevEvents],
      auth_events: [...new Set(authEvents)],
    }
  }

  #build(fields: UnsignedPdu): BuiltPdu {
    try {
      return buildPdu({ version: this.version, fields, serverName: this.#deps.serverName, key: this.#deps.signingKey })
    } catch (error) {
      if (error instanceof EventTooLargeError) throw new MatrixError('M_TOO_LARGE', error.message)
      if (error instanceof CanonicalJsonError) throw new MatrixError('M_BAD_JSON', error.message)
      throw error
    }
  }

  #remember(built: BuiltPdu, draft: EventDraft, replaced: AuthEvent | undefined): void {
    this.#pending.push({ built, draft, replaced })
    this.#prevEvents = [built.eventId]
    this.#depth = built.pdu.depth
    if (draft.type === eventTypes.create) this.#saved = { ...this.#saved, roomId: built.roomId }
    if (draft.stateKey === undefined) return
    const { type, sender, stateKey } = draft
    this.#state.set(stateMapKey(type, stateKey), { eventId: built.eventId, type, stateKey, sender, content: built.pdu.content })
  }

  /** The event that this request of a client made before. */
  async transactionEvent(key: TransactionKey): Promise<EventId | undefined> {
    const pending = this.#transactions.find((other) => isSameTransaction(other.key, key))
    return pending?.eventId ?? findTransactionEvent(this.#tx.db, key)
  }

  /** Remembers with the event which request made it. */
  recordTransaction(key: TransactionKey, eventId: EventId): void {
    this.#transactions.push({ key, eventId })
  }

  /** Writes the pending events and everything that follows from them. */
  async flush(): Promise<void> {
    await recordTransactions(this.#tx, this.#transactions.splice(0), this.#deps.clock.nowMs())
    if (this.#pending.length === 0) return
    const pending = this.#pending
    this.#pending = []
    const levels = pending.some(({ draft }) => draft.type === eventTypes.redaction) ? await this.powerLevels() : undefined
    const nowMs = this.#deps.clock.nowMs()
    const { saved, redactedState, lastPosition } = await persistEvents(this.#tx, this.#saved, pending, {
      levels,
      nowMs,
      serverName: this.#deps.serverName,
      observers: this.#deps.observers ?? [],
    })
    this.#saved = saved
    this.#lastPosition = lastPosition
    for (const key of redactedState) this.#state.delete(key)
    for (const { draft } of pending) {
      this.#changes.add(changeOf(draft))
      if (draft.type === eventTypes.member && serverNameOf(draft.stateKey as UserId) === this.#deps.serverName) {
        this.#changedUsers.add(draft.stateKey as UserId)
      }
    }
  }

  /** Wakes those who wait for news of the room, or of users whose membership changed, once all is committed. */
  tellAfterCommit(signals: SignalBus): void {
    const position = this.#lastPosition
    if (position === undefined) return
    const { roomId } = this
    const users = [...this.#changedUsers]
    const what = [...this.#changes]
    this.#tx.afterCommit(() => {
      signals.tell('room.changed', { roomId, position, what })
      for (const userId of users) signals.tell('user.changed', { userId, position })
    })
  }
}

function changeOf({ type, stateKey }: EventDraft): RoomChange {
  if (stateKey === undefined) return 'message'
  return type === eventTypes.member ? 'member' : 'state'
}

/** Synapse's rule: the same sender says the same. */
function isRepetition(current: AuthEvent, draft: EventDraft): boolean {
  return current.sender === draft.sender && canonicalJson(current.content) === canonicalJson(draft.content)
}
