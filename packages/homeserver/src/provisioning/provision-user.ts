import { MatrixError } from '@glia/contract'
import type { Database, Transaction } from '@glia/database'
import type { Clock } from '@glia/platform'
import type { UserId } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'
import type { Profiles, Users } from '../users/index.ts'

export interface ProvisionUserDeps {
  readonly database: Database<HomeserverSchema>
  readonly users: Users
  readonly profiles: Profiles
  readonly clock: Clock
}

/** What the auth service says of a user; what it leaves out stays. Null takes away. */
export interface Provision {
  readonly localpart: string
  readonly displayName: string | null | undefined
  readonly avatarUrl: string | null | undefined
  /** All of them. */
  readonly emails: readonly string[] | undefined
  readonly isLocked: boolean | undefined
}

/** Makes the user, or changes it. @returns whether it is new @throws MatrixError M_INVALID_USERNAME, M_THREEPID_IN_USE, M_INVALID_PARAM */
export async function provisionUser(deps: ProvisionUserDeps, userId: UserId, wanted: Provision): Promise<boolean> {
  const { database, users, profiles } = deps
  const known = await users.find(userId)
  if (!known) await users.checkLocalpartAvailable(wanted.localpart)
  await database.transaction(async (tx) => {
    if (!known) {
      await users.create(tx, {
        localpart: wanted.localpart,
        ...(typeof wanted.displayName === 'string' ? { displayName: wanted.displayName } : {}),
        ...(typeof wanted.avatarUrl === 'string' ? { avatarUrl: wanted.avatarUrl } : {}),
      })
    }
    if (wanted.isLocked !== undefined && wanted.isLocked !== (known?.isLocked ?? false)) {
      await users.update(tx, userId, { locked: wanted.isLocked ? 1 : 0 })
    }
    if (wanted.emails !== undefined) await replaceEmails(tx, deps, userId, wanted.emails)
  })
  if (known && wanted.displayName !== undefined) await profiles.setField(userId, 'displayname', wanted.displayName ?? '')
  if (known && wanted.avatarUrl !== undefined) await profiles.setField(userId, 'avatar_url', wanted.avatarUrl ?? '')
  return !known
}

async function replaceEmails(
  tx: Transaction<HomeserverSchema>,
  { users, clock }: ProvisionUserDeps,
  userId: UserId,
  emails: readonly string[],
): Promise<void> {
  const wanted = new Set(emails.map((email) => email.toLowerCase()))
  for (const address of wanted) if (!address.includes('@')) throw new MatrixError('M_INVALID_PARAM', 'An e-mail address has an @')
  const had = (await users.listThreepids(userId)).filter(({ medium }) => medium === 'email')
  for (const { address } of had) if (!wanted.has(address)) await users.removeThreepid(tx, userId, { medium: 'email', address })
  for (const address of wanted) {
    if (had.some((threepid) => threepid.address === address)) continue
    await users.addThreepid(tx, userId, { medium: 'email', address, validatedAtMs: clock.nowMs() })
  }
}
