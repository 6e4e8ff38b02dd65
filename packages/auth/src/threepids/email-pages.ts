import type { Reads } from '@glia/database'
import type { UserId } from '@glia/protocol'
import type { AccountTables } from '../accounts/index.ts'
import { countRows, type Page, pageRows } from '../admin-api/index.ts'
import type { LinkedUserTables } from '../homeserver-link.ts'

type Db = Reads<AccountTables & LinkedUserTables>

/** A confirmed address with the id of its account. */
export interface EmailRow {
  readonly id: string
  readonly user_id: string
  readonly address: string
  readonly added_at_ms: number
  readonly account_id: string
}

/** Undefined: any. */
export interface EmailFilter {
  readonly userId?: UserId | undefined
  /** Lower case. */
  readonly address?: string | undefined
}

/** Sorted by id; see `pageRows`. */
export function listEmailPage(db: Db, filter: EmailFilter, page: Page): Promise<EmailRow[]> {
  return pageRows(columns(filtered(db, filter)), 'email.id', page)
}

export function countEmails(db: Db, filter: EmailFilter): Promise<number> {
  return countRows(filtered(db, filter))
}

export function findEmail(db: Db, id: string): Promise<EmailRow | undefined> {
  return columns(filtered(db, {}).where('email.id', '=', id)).executeTakeFirst()
}

export function getEmailOfAddress(db: Db, address: string): Promise<EmailRow> {
  return columns(filtered(db, { address })).executeTakeFirstOrThrow()
}

function filtered(db: Db, { userId, address }: EmailFilter) {
  let query = db
    .selectFrom('user_threepids as email')
    .innerJoin('auth_accounts as account', 'account.user_id', 'email.user_id')
    .where('email.medium', '=', 'email')
  if (userId !== undefined) query = query.where('email.user_id', '=', userId)
  if (address !== undefined) query = query.where('email.address', '=', address)
  return query
}

function columns(query: ReturnType<typeof filtered>) {
  return query.select(['email.id', 'email.user_id', 'email.address', 'email.added_at_ms', 'account.id as account_id'])
}
