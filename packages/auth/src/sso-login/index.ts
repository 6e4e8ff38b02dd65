export { createLoginTokens, type LoginTokens } from './login-tokens.ts'
export { createSsoLogins, readRedirectUrl, type SsoLogins, withLoginToken } from './sso-logins.ts'
export type { SsoLoginTables } from './tables.ts'
