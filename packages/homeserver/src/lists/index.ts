export { addEntry, deleteEntry, findEntry, isOnList } from './list-store.ts'
export { isContentBlocked, isServerBlocked, isUsernameReserved, refuseBlockedRoom } from './lookups.ts'
export { listRoutes } from './routes.ts'
