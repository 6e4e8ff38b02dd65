export { serverNoticeRoutes } from './admin-routes.ts'
export { createServerNotices, isNoticesRoomOf, type ServerNoticeSettings, type ServerNotices } from './server-notices.ts'
