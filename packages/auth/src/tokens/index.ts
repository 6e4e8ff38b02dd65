export * from './hash-token.ts'
export * from './token-check.ts'
export * from './token-format.ts'
