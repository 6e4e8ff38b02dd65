export type { ExchangeDeps } from './exchange-token.ts'
export { createIdTokens } from './id-tokens.ts'
export { tokenRoutes } from './routes.ts'
export { describeUserAgent } from './user-agent.ts'
