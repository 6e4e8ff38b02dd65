export { type SearchRoutesDeps, searchClientRoutes } from './routes.ts'
export { forgetWords, purgeWordIndex, wordIndex } from './word-index.ts'
