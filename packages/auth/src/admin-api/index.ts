export { hasWord, readFilterInstant, readScopeTokens, readTimeFilter, type TimeFilter, timeConditions } from './conditions.ts'
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
export { countRows, pageQuery, pageRows } from './page-rows.ts'
export { authAdminServerRoutes } from './server-routes.ts'
