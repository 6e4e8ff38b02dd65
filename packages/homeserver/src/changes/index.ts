export { PerUser } from './per-user.ts'
export { ANYTHING, type Changes, RecentChanges } from './recent-changes.ts'
