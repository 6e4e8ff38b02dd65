export { historyPurgeRoutes } from './admin-routes.ts'
export { PURGE_HISTORY_ACTION, type PurgeHistoryDeps, purgeHistory } from './purge-history.ts'
export { type HistoryPurgeDeps, historyPurgeRunner } from './purge-history-runner.ts'
