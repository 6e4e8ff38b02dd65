export type { Argon2Cost } from './argon2-hash.ts'
export * from './password-hasher.ts'
