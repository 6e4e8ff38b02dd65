import { eventTypes, type RoomId } from '@glia/protocol'
import type { RoomMemory } from './memory.ts'
import { holdsAll, isLazy, isRequired, type RequiredState, requiredState, wantsAllMembers } from './required-state.ts'
import { isNewlyJoined, MAX_TIMELINE } from './room-plans.ts'
import type { SlidingState, TimedPlan } from './room-state.ts'
import type { SlidingLook } from './sliding-look.ts'
import type { Windows } from './windows.ts'

/** What was once asked for is kept up to date only as long as it is not more than this. */
const MAX_PATTERNS = 100

/**
 * Notes what the client will have been sent of a room that was looked at.
 * @param state undefined where only stripped state is told
 */
export function rememberRoom(look: SlidingLook, plan: TimedPlan, state: SlidingState | undefined): void {
  const { room, memory, isDm } = plan
  const { roomId } = room
  if (memory === undefined) look.draft.dropRoom(roomId)
  if (room.membership === 'leave' && room.memberSender === look.userId) {
    look.draft.dropRoom(roomId)
    return
  }
  const kept = keptState(look, plan, state)
  const untold = { accountData: false, receipts: false, typing: false }
  look.draft.setRoom(roomId, {
    upTo: null,
    timelineLimit: sentTimeline(plan),
    requiredState: look.draft.addRequiredState(kept),
    isDm,
    ...(memory ? { accountData: memory.accountData, receipts: memory.receipts, typing: memory.typing } : untold),
  })
  if (!isLazy(kept) || wantsAllMembers(kept)) return
  for (const { type, stateKey, eventId } of state?.events ?? []) {
    if (type === eventTypes.member && stateKey !== undefined) look.draft.addMember(roomId, stateKey, eventId)
  }
}

/** How many of the newest events the client has now. */
function sentTimeline({ memory, timeline, isExpanded, config, window, room }: TimedPlan): number {
  const { timelineLimit } = config
  if (timelineLimit === 0) return room.lastPosition > window.after ? 0 : (memory?.timelineLimit ?? 0)
  if (memory === undefined || isExpanded) return timeline?.limited ? timelineLimit : MAX_TIMELINE
  return timeline?.limited ? timelineLimit : memory.timelineLimit
}

/** What was wanted before and is not now stays as if wanted, as long as none of it changes without the client hearing of it. */
function keptState(look: SlidingLook, { memory, config }: TimedPlan, state: SlidingState | undefined): RequiredState {
  const wanted = config.requiredState
  if (memory === undefined || state === undefined) return wanted
  const before = look.draft.requiredState(memory.requiredState)
  if (holdsAll(wanted, before)) return wanted
  const isMissed = state.changes.some(({ type, stateKey }) => {
    const wasSent = isRequired(before, type, stateKey, look.userId) || (isLazy(before) && type === eventTypes.member)
    const isSent = isRequired(wanted, type, stateKey, look.userId) || (isLazy(wanted) && type === eventTypes.member)
    return wasSent && !isSent
  })
  const all = holdsAll(before, wanted) ? before : requiredState([...before, ...wanted])
  return isMissed || all.length > MAX_PATTERNS ? wanted : all
}

/** Notes which rooms out of sight have news that the client does not hear of. */
export function rememberMissed(look: SlidingLook, windows: Windows): void {
  const { since, draft } = look
  if (since === undefined) return
  for (const [roomId, memory] of [...draft.rooms]) {
    const entry = windows.rooms.get(roomId)
    if (entry === undefined) draft.dropRoom(roomId)
    else if (!windows.configs.has(roomId)) {
      const { room } = entry
      const lastNews = room.membership === 'join' ? room.lastPosition : room.memberPosition
      if (isNewlyJoined(look, room)) draft.dropRoom(roomId)
      else if (memory.upTo === null && lastNews > since) draft.setRoom(roomId, { ...memory, upTo: since })
    }
  }
}

/** Notes for an extension of which rooms the client has everything. */
export function rememberExtension(
  look: SlidingLook,
  extension: 'accountData' | 'receipts' | 'typing',
  options: { told: ReadonlySet<RoomId>; missed: Iterable<RoomId> },
): void {
  const note = (roomId: RoomId, isKnown: boolean) => {
    const memory: RoomMemory | undefined = look.draft.rooms.get(roomId)
    if (memory) look.draft.setRoom(roomId, { ...memory, [extension]: isKnown })
  }
  for (const roomId of options.missed) if (!options.told.has(roomId)) note(roomId, false)
  for (const roomId of options.told) note(roomId, true)
}
