export { clientAuthAdminRoutes } from './auth-admin-routes.ts'
export * from './authenticate-client.ts'
export {
  type Client,
  clientAuthMethods,
  findClient,
  type GrantType,
  grantTypes,
  type IdTokenAlgorithm,
  idTokenAlgorithms,
} from './client.ts'
export { matchRedirectUri } from './redirect-uri.ts'
export { type RegisterClientDeps, registerClient } from './register-client.ts'
export { clientRegistrationRoutes } from './routes.ts'
export type { ClientTables } from './tables.ts'
