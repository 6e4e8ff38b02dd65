import type { AnyTransaction, Database } from '@glia/database'
import type { Clock, Random } from '@glia/platform'
import type { UserId } from '@glia/protocol'
import type { Mailing } from '../email/index.ts'
import type { HomeserverLink } from '../homeserver-link.ts'
import { hashToken } from '../tokens/index.ts'
import type { RecoveryTables } from './tables.ts'

/** Replacing a forgotten password by a link in an e-mail: 32 letters, once, for ten minutes. */
export interface Recovery {
  /** Sends a link to the address if an account has it. Does not tell. @param address lower case */
  request(address: string): Promise<void>
  /** Whose password the link is for. */
  find(ticket: string): Promise<UserId | undefined>
  /** Uses the link up. @returns undefined if it does not work (any more) */
  spend(tx: AnyTransaction, ticket: string): Promise<UserId | undefined>
}

const LIFETIME_MS = 10 * 60_000

export function createRecovery(deps: {
  database: Database<RecoveryTables>
  homeserver: HomeserverLink
  clock: Clock
  random: Random
  mailing: Mailing
  /** With a slash at the end. */
  issuer: () => string
}): Recovery {
  const { database, homeserver, clock, random, mailing, issuer } = deps
  return {
    async request(address) {
      const userId = await homeserver.findUserByThreepid('email', address)
      const ticket = random.text(32)
      await database.transaction(async (tx) => {
        await tx.db
          .insertInto('auth_recovery_tickets')
          .values({ ticket_hash: hashToken(ticket), user_id: userId ?? null, expires_at_ms: clock.nowMs() + LIFETIME_MS })
          .execute()
        if (userId === undefined) return
        const link = `${issuer()}account/password/recovery?ticket=${ticket}`
        await mailing.write(tx, { kind: 'recover', address, about: [userId, link], usefulForMs: LIFETIME_MS })
      })
    },
    async find(ticket) {
      const row = await database.read
        .selectFrom('auth_recovery_tickets')
        .select('user_id')
        .where('ticket_hash', '=', hashToken(ticket))
        .where('expires_at_ms', '>', clock.nowMs())
        .executeTakeFirst()
      return (row?.user_id ?? undefined) as UserId | undefined
    },
    async spend(tx, ticket) {
      const row = await tx.db
        .deleteFrom('auth_recovery_tickets')
        .where('ticket_hash', '=', hashToken(ticket))
        .where('expires_at_ms', '>', clock.nowMs())
        .returning('user_id')
        .executeTakeFirst()
      // the others that were sent are over with it
      if (row?.user_id != null) await tx.db.deleteFrom('auth_recovery_tickets').where('user_id', '=', row.user_id).execute()
      return (row?.user_id ?? undefined) as UserId | undefined
    },
  }
}
