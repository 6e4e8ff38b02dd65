export { accountActions } from './metadata.ts'
export * from './routes.ts'
