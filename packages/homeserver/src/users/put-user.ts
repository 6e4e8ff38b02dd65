import { MatrixError } from '@glia/contract'
import type { Database, Transaction } from '@glia/database'
import type { Requester } from '@glia/http'
import type { Clock } from '@glia/platform'
import { localpartOf, type UserId } from '@glia/protocol'
import type { AuthLink } from '../auth-link.ts'
import type { Devices } from '../devices/index.ts'
import type { UserDeactivation } from './deactivate-user.ts'
import { endOtherSessions } from './end-other-sessions.ts'
import { checkedAvatarUrl, checkedDisplayName } from './profiles.ts'
import type { UserTables } from './tables.ts'
import { type ExternalId, replaceExternalIds, replaceThreepids } from './user-details-store.ts'
import type { UserRecord } from './user-record.ts'
import { findUser, lockUser, type UserChanges } from './user-store.ts'
import type { Users } from './users.ts'

export interface PutUserDeps {
  readonly database: Database<UserTables>
  readonly clock: Clock
  readonly users: Users
  readonly devices: Devices
  readonly deactivation: UserDeactivation
  readonly auth: () => AuthLink
  readonly propagateProfile: (userId: UserId) => Promise<void>
  readonly passwordsEnabled: boolean
}

/** What an admin wants of an account. Undefined: stays as it is (for a new account: the usual). */
export interface UserRequest {
  readonly password: string | undefined
  /** With a password: sessions and devices of the user end. */
  readonly logoutDevices: boolean
  readonly displayName: unknown
  readonly avatarUrl: unknown
  readonly threepids: readonly { readonly medium: string; readonly address: string }[] | undefined
  readonly externalIds: readonly ExternalId[] | undefined
  readonly isAdmin: boolean | undefined
  readonly isDeactivated: boolean | undefined
  readonly isLocked: boolean | undefined
  /** Null: none. */
  readonly userType: string | null | undefined
}

/**
 * Makes an account or changes one, all or nothing. A new account has neither device nor session.
 * Source: Synapse Admin API, "Create or modify Account".
 * @throws MatrixError with Synapse's codes and texts
 */
export async function putUser(deps: PutUserDeps, requester: Requester, userId: UserId, request: UserRequest): Promise<{ isNew: boolean }> {
  if (request.isDeactivated && request.isLocked) throw new MatrixError('M_UNKNOWN', "An user can't be deactivated and locked")
  const existing = await deps.users.find(userId)
  if (!existing) {
    await createUser(deps, userId, request)
    return { isNew: true }
  }
  await changeUser(deps, requester, userId, request)
  return { isNew: false }
}

async function createUser(deps: PutUserDeps, userId: UserId, request: UserRequest): Promise<void> {
  const { database, users, auth } = deps
  const localpart = localpartOf(userId)
  await users.checkLocalpartAvailable(localpart, { evenReserved: true })
  const displayName = request.displayName ?? undefined
  const avatarUrl = typeof request.avatarUrl === 'string' ? (checkedAvatarUrl(request.avatarUrl) ?? undefined) : undefined
  const user = {
    localpart,
    displayName: displayName === undefined ? undefined : (checkedDisplayName(displayName) ?? ''),
    avatarUrl,
    isAdmin: request.isAdmin,
    userType: request.userType ?? undefined,
  }
  const passwordHash = request.password === undefined ? undefined : await auth().hashPassword(request.password)
  await database.transaction(async (tx) => {
    await users.create(tx, user)
    await auth().createAccount(tx, { userId, passwordHash })
    await replaceDetails(tx, deps, userId, request)
  })
}

async function changeUser(deps: PutUserDeps, requester: Requester, userId: UserId, request: UserRequest): Promise<void> {
  const { database, users, devices, deactivation, auth } = deps
  const profile = profileChanges(request)
  if (request.password !== undefined && !deps.passwordsEnabled) throw new MatrixError('M_FORBIDDEN', 'Password change disabled')
  const passwordHash = request.password === undefined ? undefined : await auth().hashPassword(request.password)
  const before = await database.transaction(async (tx) => {
    await lockUser(tx, userId)
    const user = await findUser(tx.db, userId)
    if (!user) throw new MatrixError('M_NOT_FOUND', 'User not found')
    if (request.isAdmin === false && user.isAdmin && userId === requester.userId) {
      throw new MatrixError('M_UNKNOWN', 'You may not demote yourself.')
    }
    await replaceDetails(tx, deps, userId, request)
    await users.update(tx, userId, { ...profile, ...flagChanges(request, user) })
    if (passwordHash !== undefined) {
      await auth().setPasswordHash(tx, userId, passwordHash)
      if (request.logoutDevices) await endOtherSessions(tx, { auth: auth(), devices }, requester, userId)
    }
    if (request.isDeactivated && !user.isDeactivated) await deactivation.deactivateIn(tx, userId, { erase: false })
    return user
  })
  if (isProfileNew(before, profile)) await deps.propagateProfile(userId)
  if (request.isDeactivated && !before.isDeactivated) await deactivation.leaveRooms(userId)
}

async function replaceDetails(tx: Transaction<UserTables>, deps: PutUserDeps, userId: UserId, request: UserRequest): Promise<void> {
  if (request.threepids) await replaceThreepids(tx, userId, request.threepids, deps.clock.nowMs())
  if (!request.externalIds) return
  const isFree =
    (await replaceExternalIds(tx, userId, request.externalIds)) && (await deps.auth().replaceUpstreamLinks(tx, userId, request.externalIds))
  if (!isFree) {
    throw new MatrixError('M_UNKNOWN', 'External id is already in use.', { status: 409 })
  }
}

function profileChanges(request: UserRequest): Pick<UserChanges, 'display_name' | 'avatar_url'> {
  return {
    ...(request.displayName === undefined ? {} : { display_name: checkedDisplayName(request.displayName) }),
    ...(request.avatarUrl === undefined ? {} : { avatar_url: checkedAvatarUrl(request.avatarUrl) }),
  }
}

function isProfileNew(before: UserRecord, profile: ReturnType<typeof profileChanges>): boolean {
  return (
    (profile.display_name !== undefined && profile.display_name !== (before.displayName ?? null)) ||
    (profile.avatar_url !== undefined && profile.avatar_url !== (before.avatarUrl ?? null))
  )
}

/** Reactivation gives back the ability to log in, and old messages are no longer hidden. */
function flagChanges(request: UserRequest, user: UserRecord): UserChanges {
  return {
    ...(request.isAdmin === undefined ? {} : { admin: request.isAdmin ? 1 : 0 }),
    ...(request.isLocked === undefined ? {} : { locked: request.isLocked ? 1 : 0 }),
    ...(request.userType === undefined ? {} : { user_type: request.userType }),
    ...(request.isDeactivated === false && user.isDeactivated ? { deactivated: 0, erased: 0 } : {}),
  }
}
