export { accountValidityRoutes } from './account-validity-routes.ts'
export { type Activity, type ActivityRecorder, createActivityRecorder, type Seen, upsertAddresses } from './activity-recorder.ts'
export { type UserAdminDeps, userAdminRoutes } from './admin-routes.ts'
export { createUserDeactivation, type DeactivationHook, type UserDeactivation } from './deactivate-user.ts'
export { createDepartures, type Departures } from './departures.ts'
export { experimentalFeatureRoutes } from './experimental-features-routes.ts'
export { userLimitRoutes } from './limit-routes.ts'
export { createUserList, type UserList } from './list-users.ts'
export { userLookupRoutes } from './lookup-routes.ts'
export { userModerationRoutes } from './moderation-routes.ts'
export { profileRoutes } from './profile-routes.ts'
export { createProfiles, type Profiles } from './profiles.ts'
export { adminRoleRoutes } from './role-routes.ts'
export {
  countSelected,
  type SelectionKey,
  selectionOf,
  selectUsers,
  type UserSelection,
} from './select-users.ts'
export { checkSelection, userSelectionRoutes, usersById } from './selection-routes.ts'
export { deleteExternalId, type ExternalId, insertThreepid, listExternalIdsOf, putExternalId } from './user-details-store.ts'
export { listJoinedRooms, listMemberships } from './user-memberships.ts'
export type { UserRecord } from './user-record.ts'
export { userSnapshot } from './user-snapshot.ts'
export { insertUsers, lockUser, type UserChanges } from './user-store.ts'
export { createUsers, type NewUser, type Users } from './users.ts'
