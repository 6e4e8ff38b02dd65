import { containsIgnoringCase, type Reads } from '@glia/database'
import type { UserId } from '@glia/protocol'
import { sql } from 'kysely'
import type { AccountTables } from '../accounts/index.ts'
import { countRows, type Page, pageRows } from '../admin-api/index.ts'
import type { UpstreamTables } from './tables.ts'

type Db = Reads<UpstreamTables & AccountTables>

export type ProviderRow = UpstreamTables['auth_upstream_providers']
/** A link with the id of the account. */
export type LinkRow = UpstreamTables['auth_upstream_links'] & { readonly account_id: string | null }

/** Undefined: any. */
export interface LinkFilter {
  readonly userId: UserId | undefined
  readonly providerId: string | undefined
  readonly subject: string | undefined
  /** Part of the name, without regard to the case of ASCII letters. */
  readonly humanAccountName: string | undefined
}

export function listProviderPage(db: Db, isEnabled: boolean | undefined, page: Page): Promise<ProviderRow[]> {
  return pageRows(providers(db, isEnabled).selectAll(), 'provider.id', page)
}

export function countProviders(db: Db, isEnabled: boolean | undefined): Promise<number> {
  return countRows(providers(db, isEnabled))
}

export function findProvider(db: Db, id: string): Promise<ProviderRow | undefined> {
  return providers(db, undefined).selectAll().where('provider.id', '=', id).executeTakeFirst()
}

export function listLinkPage(db: Db, filter: LinkFilter, page: Page): Promise<LinkRow[]> {
  return pageRows(withAccount(links(db, filter)), 'link.id', page)
}

export function countLinks(db: Db, filter: LinkFilter): Promise<number> {
  return countRows(links(db, filter))
}

const ALL: LinkFilter = { userId: undefined, providerId: undefined, subject: undefined, humanAccountName: undefined }

export function findLink(db: Db, id: string): Promise<LinkRow | undefined> {
  return withAccount(links(db, ALL).where('link.id', '=', id)).executeTakeFirst()
}

function providers(db: Db, isEnabled: boolean | undefined) {
  const query = db.selectFrom('auth_upstream_providers as provider')
  return isEnabled === undefined ? query : query.where('provider.disabled_at_ms', isEnabled ? 'is' : 'is not', null)
}

function links(db: Db, { userId, providerId, subject, humanAccountName }: LinkFilter) {
  let query = db.selectFrom('auth_upstream_links as link').leftJoin('auth_accounts as account', 'account.user_id', 'link.user_id')
  if (userId !== undefined) query = query.where('link.user_id', '=', userId)
  if (providerId !== undefined) query = query.where('link.provider_id', '=', providerId)
  if (subject !== undefined) query = query.where('link.subject', '=', subject)
  if (humanAccountName) query = query.where(containsIgnoringCase(sql.ref('link.human_account_name'), humanAccountName))
  return query
}

function withAccount(query: ReturnType<typeof links>) {
  return query.selectAll('link').select('account.id as account_id')
}
