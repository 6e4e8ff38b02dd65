export { type SignedIn, useSignedIn } from './context.ts'
export { type Powers, ROLE_LABELS } from './powers.ts'
export type { Session } from './session.ts'
