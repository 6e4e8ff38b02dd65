export {
  found,
  type Page,
  pageDocument,
  readInstant,
  readUlid,
  requireJson,
  singleDocument,
  toInstant,
  toInstantOrNull,
} from './json-api.ts'
export { countRows, pageRows } from './page-rows.ts'
export { authAdminServerRoutes } from './server-routes.ts'
