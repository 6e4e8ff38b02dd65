export { createTimeline, type Timeline, type TimelineDeps } from './append-event.ts'
export { type EventRow, findEvent, findEvents, type StoredEvent, storedEventOf } from './event-store.ts'
export type { AppendedEvent, EventDraft, RoomWriter } from './room-writer.ts'
export { currentState, currentStateEvent, currentStateEvents, type StateMap, type StateSelection, stateOfGroup } from './state-store.ts'
