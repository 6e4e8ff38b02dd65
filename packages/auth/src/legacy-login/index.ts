export { createAccount, freeLocalpart } from './create-account.ts'
export { createLegacyAuth, type LegacyAuth, type LegacyAuthDeps } from './legacy-auth.ts'
export { openSession, sessionToWire } from './open-session.ts'
export type { PasswordCheck } from './password-check.ts'
