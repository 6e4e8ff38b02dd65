export { historyPurgeRoutes } from './admin-routes.ts'
export { PURGE_HISTORY_ACTION, type PurgeHistoryDeps, type PurgeParameters, purgeHistory } from './purge-history.ts'
export { type HistoryPurgeDeps, historyPurgeRunner } from './purge-history-runner.ts'
