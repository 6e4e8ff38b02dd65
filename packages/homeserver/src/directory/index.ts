export { type CheckAliasOwner, createAliasOwnerCheck } from './alias-owners.ts'
export {
  type AliasRecord,
  AliasTakenError,
  type AskForAlias,
  aliasesOfRoom,
  findAlias,
  insertAlias,
  moveAliases,
  resolveRoomId,
} from './alias-store.ts'
export { checkCanonicalAlias } from './canonical-alias.ts'
export { directoryClientRoutes } from './client-routes.ts'
export { checkNewAlias, createDirectory, type Directory } from './directory.ts'
export { listPublicRooms, type PublicRoom, type PublicRoomsPage, publicRoomOf } from './public-rooms.ts'
export { findPublished, setPublished } from './published.ts'
