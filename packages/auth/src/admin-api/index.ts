export { type Page, pageDocument, readInstant, readUlid, requireJson, singleDocument, toInstant } from './json-api.ts'
export { authAdminServerRoutes } from './server-routes.ts'
