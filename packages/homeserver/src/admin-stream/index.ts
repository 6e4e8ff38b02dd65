export { type AdminStream, createAdminStream, type NewsSources } from './admin-stream.ts'
export { adminStreamRoutes } from './routes.ts'
export { Seldom } from './seldom.ts'
export { createTellAdmins, type TellAdmins } from './tell-admins.ts'
