export type { Continuation as PageContinuation } from './continuation.ts'
export { createErrorPage } from './error-page.ts'
export { type PageRoutesDeps, pageRoutes } from './routes.ts'
