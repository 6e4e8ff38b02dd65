export { type AccountData, createAccountData } from './account-data.ts'
export { type AccountDataEntries, allFor, changesSince, get } from './read.ts'
export { accountDataClientRoutes } from './routes.ts'
export { deleteAllAccountData, set } from './write.ts'
