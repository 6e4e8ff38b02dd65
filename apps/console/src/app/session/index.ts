export { type SignedIn, useSignedIn } from './context.ts'
export type { Session } from './session.ts'
