export { registrationTokenAdminRoutes } from './admin-routes.ts'
export { type RegistrationToken, reserveUse, settleUse } from './registration-token-store.ts'
export { createRegistrationTokens, type RegistrationTokens } from './registration-tokens.ts'
export type { RegistrationTokenTables } from './tables.ts'
