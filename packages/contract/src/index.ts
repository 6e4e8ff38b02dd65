export * from './access.ts'
export * from './contract.ts'
export * from './endpoint.ts'
export * from './errors.ts'
