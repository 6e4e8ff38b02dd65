export { createPresence, type Presence } from './presence.ts'
export { presenceToWire } from './presence-to-wire.ts'
export { allPresence, presenceChanges, presenceOfNewcomers } from './read.ts'
export { presenceClientRoutes } from './routes.ts'
