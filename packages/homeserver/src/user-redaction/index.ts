export { userRedactionRoutes } from './admin-routes.ts'
export { REDACT_USER_ACTION, type RedactUserDeps } from './redact-user.ts'
export { type UserRedactionDeps, userRedactionRunner } from './redact-user-runner.ts'
