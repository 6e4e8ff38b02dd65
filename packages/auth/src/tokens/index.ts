export * from './hash-token.ts'
export * from './same-text.ts'
export * from './token-check.ts'
export * from './token-format.ts'
