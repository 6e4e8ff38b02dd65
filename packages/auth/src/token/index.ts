export type { ExchangeDeps } from './exchange-token.ts'
export * from './id-tokens.ts'
export { tokenRoutes } from './routes.ts'
export { describeUserAgent } from './user-agent.ts'
