export { browserSessionAuthAdminRoutes } from './browser-session-routes.ts'
export { readClientFilter, readUserFilter } from './read-owners.ts'
export { findResourceOwner } from './resource-owner.ts'
export { type SessionAuthAdminDeps, sessionAuthAdminRoutes } from './session-routes.ts'
