import type { Transaction } from '@glia/database'
import type { UserId } from '@glia/protocol'
import type { AcceptedTermsTables } from './tables.ts'
import type { AcceptedTerms } from './terms.ts'

/** Keeps what a new user accepted. */
export async function recordAcceptedTerms(tx: Transaction<AcceptedTermsTables>, userId: UserId, accepted: AcceptedTerms): Promise<void> {
  const rows = Object.entries(accepted.versions).map(([policy, version]) => ({
    user_id: userId,
    policy,
    version,
    accepted_at_ms: accepted.acceptedAtMs,
  }))
  await tx.db.insertInto('auth_accepted_terms').values(rows).execute()
}

/** For users who are erased. */
export async function forgetAcceptedTerms(tx: Transaction<AcceptedTermsTables>, userId: UserId): Promise<void> {
  await tx.db.deleteFrom('auth_accepted_terms').where('user_id', '=', userId).execute()
}
