export { userDirectoryClientRoutes } from './routes.ts'
export { type FoundUser, searchUsers } from './search-users.ts'
