import type { JsonObject, RoomId } from '@glia/protocol'
import { findOwnRooms, type SyncToken } from '../sync/index.ts'
import { tellDepartedRooms } from './departed-rooms.ts'
import { findNewReceipts, receiptsExtension, typingExtension } from './ephemeral-extensions.ts'
import { accountDataExtension, type ExtensionAnswer, e2eeExtension, toDeviceExtension } from './extensions.ts'
import { rememberMissed } from './remember-rooms.ts'
import { planRooms } from './room-plans.ts'
import type { LookDeps, SlidingLook } from './sliding-look.ts'
import { tellRooms } from './tell-rooms.ts'
import { findWindows, type ListAnswer, type Windows } from './windows.ts'

/** An answer without its `pos`, on the wire. */
export interface SlidingSyncAnswer {
  readonly lists?: Record<string, ListAnswer>
  readonly rooms: Record<string, JsonObject>
  readonly extensions: Partial<Record<ExtensionName, JsonObject>>
}

type ExtensionName = 'to_device' | 'e2ee' | 'account_data' | 'receipts' | 'typing'

export interface BuiltAnswer {
  readonly answer: SlidingSyncAnswer
  readonly token: SyncToken
  /** Something in it is new to the client. */
  readonly hasNews: boolean
  /** The rooms whose changes may be news. */
  readonly joinedRooms: ReadonlySet<RoomId>
}

const NO_WINDOWS: Windows = { wire: {}, rooms: new Map(), configs: new Map(), roomsOfLists: new Map(), directRooms: new Set() }

/** Looks once at everything that is new for a client, and notes in the draft what it will have been sent. */
export async function buildAnswer(deps: LookDeps, look: SlidingLook): Promise<BuiltAnswer> {
  const db = deps.database.read
  const seesRooms = look.lists.size + look.subscriptions.size + look.draft.rooms.size > 0
  const windows = seesRooms ? await findWindows(deps, look) : NO_WINDOWS
  const receipts = await findNewReceipts(deps, look, windows)
  const read = new Set(receipts.filter(({ userId }) => userId === look.userId).map(({ roomId }) => roomId))
  const plans = await planRooms(deps, look, windows, read)
  const told = await tellRooms(deps, look, plans, read)
  const departed = seesRooms ? await tellDepartedRooms(db, look, windows) : {}
  const rooms = { ...told.wire, ...departed }
  if (seesRooms) rememberMissed(look, windows)
  const typing = typingExtension(deps, look, windows)
  const extensions: [ExtensionName, ExtensionAnswer | undefined][] = [
    ['to_device', await toDeviceExtension(deps, look)],
    ['e2ee', await e2eeExtension(deps, look)],
    ['account_data', await accountDataExtension(deps, look, windows)],
    ['receipts', await receiptsExtension(deps, look, windows, { receipts, told })],
    ['typing', typing.answer],
  ]
  const wanted = extensions.filter((entry): entry is [ExtensionName, ExtensionAnswer] => entry[1] !== undefined)
  return {
    answer: {
      ...(look.lists.size > 0 ? { lists: windows.wire } : {}),
      rooms,
      extensions: Object.fromEntries(wanted.map(([name, { wire }]) => [name, wire])),
    },
    token: { position: look.now, typing: deps.typingBase + typing.serial, toDevice: look.now },
    hasNews: Object.keys(rooms).length > 0 || wanted.some(([, { hasNews }]) => hasNews),
    joinedRooms: seesRooms ? joinedRoomsOf(windows) : await joinedRoomsToHear(deps, look),
  }
}

function joinedRoomsOf({ rooms }: Windows): Set<RoomId> {
  return new Set([...rooms].filter(([, { room }]) => room.membership === 'join').map(([roomId]) => roomId))
}

/** Changes of others' devices are told through the rooms that one shares with them. */
async function joinedRoomsToHear(deps: LookDeps, look: SlidingLook): Promise<Set<RoomId>> {
  if (!look.extensions.e2ee) return new Set()
  const rooms = await findOwnRooms(deps.database.read, look.userId, { since: look.now, now: look.now, includeLeft: false })
  return new Set(rooms.filter(({ membership }) => membership === 'join').map(({ roomId }) => roomId))
}
