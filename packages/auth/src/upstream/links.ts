import type { Reads, Transaction } from '@glia/database'
import { type Clock, makeUlid, type Random } from '@glia/platform'
import type { UserId } from '@glia/protocol'
import type { HomeserverLink } from '../homeserver-link.ts'
import type { AuthSchema } from '../schema.ts'
import { externalNameOf, type UpstreamProvider } from './provider.ts'
import type { UpstreamTables } from './tables.ts'

type Tx = Transaction<AuthSchema>
type StoredLink = UpstreamTables['auth_upstream_links']

export interface NewLink {
  readonly userId: UserId
  readonly providerId: string
  readonly subject: string
  readonly humanAccountName: string | null
}

/**
 * Who is who at the providers. The homeserver's external ids and these links say the same: whatever changes one goes through here
 * and changes the other in the same transaction.
 */
export interface UpstreamLinks {
  /** A link that is there without an account gets this one. @returns undefined if it has another */
  add(tx: Tx, link: NewLink): Promise<{ id: string; isNew: boolean } | undefined>
  remove(tx: Tx, link: { id: string }): Promise<void>
  list(db: Reads<UpstreamTables>, userId: UserId): Promise<StoredLink[]>
  /** Whose it is. */
  findUser(db: Reads<UpstreamTables>, providerId: string, subject: string): Promise<UserId | undefined>
  /** For `AuthLink.replaceUpstreamLinks`. */
  replace(tx: Tx, userId: UserId, externalIds: readonly { authProvider: string; externalId: string }[]): Promise<boolean>
  /** Brings the providers in step with the configuration, and takes up external ids that were there before their provider. */
  configure(tx: Tx, providers: readonly UpstreamProvider[]): Promise<void>
}

export function createUpstreamLinks(deps: { homeserver: HomeserverLink; clock: Clock; random: Random }): UpstreamLinks {
  const { homeserver, clock, random } = deps

  const externalIdOf = async (tx: Tx, { provider_id, subject }: Pick<StoredLink, 'provider_id' | 'subject'>) => {
    const provider = await tx.db
      .selectFrom('auth_upstream_providers')
      .select(['id', 'synapse_idp_id'])
      .where('id', '=', provider_id)
      .executeTakeFirstOrThrow()
    return { authProvider: externalNameOf({ id: provider.id, synapseIdpId: provider.synapse_idp_id }), externalId: subject }
  }

  const addLink = async (tx: Tx, { userId, providerId, subject, humanAccountName }: NewLink) => {
    const row = {
      id: makeUlid(clock, random),
      provider_id: providerId,
      subject,
      user_id: userId,
      human_account_name: humanAccountName,
      created_at_ms: clock.nowMs(),
    }
    const inserted = await tx.db
      .insertInto('auth_upstream_links')
      .values(row)
      .onConflict((conflict) => conflict.columns(['provider_id', 'subject']).doNothing())
      .returning('id')
      .executeTakeFirst()
    if (inserted) return { id: row.id, isNew: true }
    const taken = await tx.db
      .updateTable('auth_upstream_links')
      .set({ user_id: userId, ...(humanAccountName === null ? {} : { human_account_name: humanAccountName }) })
      .where('provider_id', '=', providerId)
      .where('subject', '=', subject)
      .where('user_id', 'is', null)
      .returning('id')
      .executeTakeFirst()
    return taken && { id: taken.id, isNew: false }
  }

  const listLinks = (db: Reads<UpstreamTables>, userId: UserId) =>
    db.selectFrom('auth_upstream_links').selectAll().where('user_id', '=', userId).orderBy('id').execute()

  const ownerOf: UpstreamLinks['findUser'] = async (db, providerId, subject) => {
    const row = await db
      .selectFrom('auth_upstream_links')
      .select('user_id')
      .where('provider_id', '=', providerId)
      .where('subject', '=', subject)
      .executeTakeFirst()
    return (row?.user_id ?? undefined) as UserId | undefined
  }

  return {
    async add(tx, link) {
      const added = await addLink(tx, link)
      if (added)
        await homeserver.addExternalId(tx, link.userId, await externalIdOf(tx, { provider_id: link.providerId, subject: link.subject }))
      return added
    },
    async remove(tx, { id }) {
      const link = await tx.db.deleteFrom('auth_upstream_links').where('id', '=', id).returningAll().executeTakeFirst()
      if (link) await homeserver.removeExternalId(tx, await externalIdOf(tx, link))
    },
    list: listLinks,
    findUser: ownerOf,
    async replace(tx, userId, externalIds) {
      const rows = await tx.db.selectFrom('auth_upstream_providers').select(['id', 'synapse_idp_id']).execute()
      const idOf = new Map(rows.map((row) => [externalNameOf({ id: row.id, synapseIdpId: row.synapse_idp_id }), row.id]))
      const wanted = new Map<string, { providerId: string; subject: string }>()
      for (const { authProvider, externalId } of externalIds) {
        const providerId = idOf.get(authProvider)
        if (providerId !== undefined) wanted.set(`${providerId}\n${externalId}`, { providerId, subject: externalId })
      }
      for (const link of await listLinks(tx.db, userId)) {
        if (wanted.delete(`${link.provider_id}\n${link.subject}`)) continue
        await tx.db.deleteFrom('auth_upstream_links').where('id', '=', link.id).execute()
      }
      for (const { providerId, subject } of wanted.values()) {
        if (!(await addLink(tx, { userId, providerId, subject, humanAccountName: null }))) return false
      }
      return true
    },
    async configure(tx, providers) {
      const nowMs = clock.nowMs()
      const ids = providers.filter(({ isEnabled }) => isEnabled).map(({ id }) => id)
      let gone = tx.db.updateTable('auth_upstream_providers').set({ disabled_at_ms: nowMs }).where('disabled_at_ms', 'is', null)
      if (ids.length > 0) gone = gone.where('id', 'not in', ids)
      await gone.execute()
      for (const provider of providers) {
        const shown = {
          issuer: provider.issuer,
          human_name: provider.humanName,
          brand_name: provider.brandName,
          registration_token_required: provider.isRegistrationTokenRequired ? 1 : 0,
          synapse_idp_id: provider.synapseIdpId,
        }
        await tx.db
          .insertInto('auth_upstream_providers')
          .values({ id: provider.id, ...shown, created_at_ms: nowMs, disabled_at_ms: provider.isEnabled ? null : nowMs })
          .onConflict((conflict) =>
            conflict.column('id').doUpdateSet({ ...shown, ...(provider.isEnabled ? { disabled_at_ms: null } : {}) }),
          )
          .execute()
        const authProvider = externalNameOf(provider)
        for (const { externalId, userId } of await homeserver.listExternalIds(tx.db, authProvider)) {
          await addLink(tx, { userId, providerId: provider.id, subject: externalId, humanAccountName: null })
        }
      }
    },
  }
}
