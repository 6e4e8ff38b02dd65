export { appserviceRequester } from './appservice-requester.ts'
export { type AppserviceTokens, createAppserviceTokens } from './appservice-tokens.ts'
