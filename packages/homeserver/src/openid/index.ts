export { createOpenId, type OpenId } from './openid.ts'
export { openIdRoutes } from './routes.ts'
