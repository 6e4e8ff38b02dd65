import { createHmac, hkdfSync } from 'node:crypto'
import type { AnyTransaction, Database, Reads, Transaction } from '@glia/database'
import { type Clock, isUlid, makeUlid, type Random, type Secret } from '@glia/platform'
import type { Mailing } from '../email/index.ts'
import { isSameText } from '../tokens/index.ts'
import type { EmailCodeTables } from './tables.ts'

export interface EmailCode<P = unknown> {
  readonly id: string
  readonly address: string
  readonly payload: P
}

/** A code is six digits, good for five minutes and ten attempts; up to five are sent within an hour. */
export interface EmailCodes {
  /** Sends a code. @param request.owner who may type it in @param request.payload JSON, never a password */
  start(request: { purpose: string; owner: string; address: string; payload: unknown }): Promise<string>
  /** @returns undefined when there is none, it is somebody else's, or it is over */
  find<P>(purpose: string, id: string, owner: string): Promise<EmailCode<P> | undefined>
  /** Sends another code in place of the last. @returns false when there were too many */
  resend(id: string): Promise<boolean>
  /** Counts the attempt. @returns whether this is the code */
  isRight(id: string, code: string): Promise<boolean>
  /** It was used. @returns false if it was used before */
  spend(tx: AnyTransaction, id: string): Promise<boolean>
}

const CODE_MS = 5 * 60_000
const LIFETIME_MS = 3_600_000
const MAX_ATTEMPTS = 10
const MAX_SENDS = 5

type Row = EmailCodeTables['auth_email_codes']

export function createEmailCodes(deps: {
  database: Database<EmailCodeTables>
  clock: Clock
  random: Random
  /** Codes are derived from it. */
  secret: Secret
  mailing: Mailing
}): EmailCodes {
  const { database, clock, random, mailing } = deps
  const key = Buffer.from(hkdfSync('sha256', deps.secret.reveal(), '', 'glia e-mail codes', 32))
  const codeOf = ({ id, sends }: Pick<Row, 'id' | 'sends'>) => {
    const digest = createHmac('sha256', key).update(`${id} ${sends}`).digest()
    // 48 bits: no digit is noticeably more likely
    return String(digest.readUIntBE(0, 6) % 1_000_000).padStart(6, '0')
  }

  async function findRow(db: Reads<EmailCodeTables>, id: string): Promise<Row | undefined> {
    if (!isUlid(id)) return undefined
    const row = await db.selectFrom('auth_email_codes').selectAll().where('id', '=', id).executeTakeFirst()
    return row && row.expires_at_ms > clock.nowMs() ? row : undefined
  }
  const write = (tx: Transaction<EmailCodeTables>, row: Pick<Row, 'id' | 'sends' | 'address'>) =>
    mailing.write(tx, { kind: 'code', address: row.address, about: [codeOf(row)], usefulForMs: CODE_MS })

  return {
    async start({ purpose, owner, address, payload }) {
      const nowMs = clock.nowMs()
      const row: Row = {
        id: makeUlid(clock, random),
        purpose,
        owner,
        address,
        payload: JSON.stringify(payload),
        sends: 1,
        attempts: 0,
        code_expires_at_ms: nowMs + CODE_MS,
        expires_at_ms: nowMs + LIFETIME_MS,
      }
      await database.transaction(async (tx) => {
        await tx.db.insertInto('auth_email_codes').values(row).execute()
        await write(tx, row)
      })
      return row.id
    },
    async find<P>(purpose: string, id: string, owner: string) {
      const row = await findRow(database.read, id)
      if (!row || row.purpose !== purpose || row.owner !== owner) return undefined
      return { id, address: row.address, payload: JSON.parse(row.payload) as P }
    },
    resend: (id) =>
      database.transaction(async (tx) => {
        await tx.lock(`e-mail code ${id}`)
        const row = await findRow(tx.db, id)
        if (!row || row.sends >= MAX_SENDS) return false
        const renewed = { sends: row.sends + 1, attempts: 0, code_expires_at_ms: clock.nowMs() + CODE_MS }
        await tx.db.updateTable('auth_email_codes').set(renewed).where('id', '=', id).execute()
        await write(tx, { ...row, ...renewed })
        return true
      }),
    isRight: (id, code) =>
      database.transaction(async (tx) => {
        const counted = await tx.db
          .updateTable('auth_email_codes')
          .set((columns) => ({ attempts: columns('attempts', '+', 1) }))
          .where('id', '=', id)
          .where('attempts', '<', MAX_ATTEMPTS)
          .where('code_expires_at_ms', '>', clock.nowMs())
          .returningAll()
          .executeTakeFirst()
        return counted !== undefined && isSameText(code.replace(/\s/g, ''), codeOf(counted))
      }),
    async spend(tx, id) {
      const result = await tx.db.deleteFrom('auth_email_codes').where('id', '=', id).executeTakeFirst()
      return result.numDeletedRows > 0n
    },
  }
}
