export { clientAuthAdminRoutes } from './auth-admin-routes.ts'
export * from './authenticate-client.ts'
export {
  assertionAlgorithms,
  type Client,
  type ClientAuthMethod,
  clientAuthMethods,
  findClient,
  type GrantType,
  grantTypes,
  type IdTokenAlgorithm,
  idTokenAlgorithms,
} from './client.ts'
export { createClientKeys } from './client-keys.ts'
export { readKeySet } from './read-key-set.ts'
export { matchRedirectUri } from './redirect-uri.ts'
export { type RegisterClientDeps, registerClient } from './register-client.ts'
export { clientRegistrationRoutes } from './routes.ts'
export { configureStaticClients, type StaticClient } from './static-clients.ts'
export type { ClientTables } from './tables.ts'
