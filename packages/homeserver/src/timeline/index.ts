export { type EventRow, findEvent, findEvents, type StoredEvent, storedEventOf } from './event-store.ts'
export { currentState, currentStateEvent, currentStateEvents, type StateMap, type StateSelection, stateOfGroup } from './state-store.ts'
