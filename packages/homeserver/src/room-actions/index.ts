export { createRoomActions, type RoomActions, type RoomActionsDeps } from './room-actions.ts'
export { roomActionRoutes } from './routes.ts'
