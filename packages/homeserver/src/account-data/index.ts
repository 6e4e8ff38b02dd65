export { type AccountDataEntries, allFor, changesSince, get } from './read.ts'
export { deleteAllAccountData, set } from './write.ts'
