import { AuthAdminError, contract } from '@glia/contract'
import type { Database } from '@glia/database'
import { Reply, type Route, route } from '@glia/http'
import { findAccountById } from '../accounts/index.ts'
import { found, pageDocument, readUlid, requireJson, singleDocument, toInstant, toInstantOrNull } from '../admin-api/index.ts'
import type { AuthSchema } from '../schema.ts'
import { readUserFilter } from '../session-admin/index.ts'
import type { UpstreamLinks } from './links.ts'
import {
  countLinks,
  countProviders,
  findLink,
  findProvider,
  type LinkRow,
  listLinkPage,
  listProviderPage,
  type ProviderRow,
} from './upstream-pages.ts'

const PROVIDERS = '/api/admin/v1/upstream-oauth-providers'
const LINKS = '/api/admin/v1/upstream-oauth-links'
const PROVIDER = 'upstream-oauth-provider'
const LINK = 'upstream-oauth-link'
const MAX_LENGTH = 255

/** Identity providers, and who is who at them, in MAS's Admin API. Providers come from the configuration. */
export function upstreamAuthAdminRoutes({ database, links }: { database: Database<AuthSchema>; links: UpstreamLinks }): Route[] {
  const { upstreamOAuthProviders, upstreamOAuthLinks } = contract.authAdmin
  const getProvider = async (id: string) => found(await findProvider(database.read, id), 'Provider', id)
  const getLink = async (id: string) => found(await findLink(database.read, id), 'Upstream OAuth 2.0 Link', id)

  return [
    route(upstreamOAuthProviders.listUpstreamOAuthProviders, async ({ query }) => {
      const isEnabled = query['filter[enabled]']
      return pageDocument(PROVIDER, PROVIDERS, query, {
        list: async (page) => (await listProviderPage(database.read, isEnabled, page)).map(providerResource),
        count: () => countProviders(database.read, isEnabled),
      })
    }),
    route(upstreamOAuthProviders.getUpstreamOAuthProvider, async ({ params }) =>
      singleDocument(PROVIDER, PROVIDERS, providerResource(await getProvider(readUlid(params.id)))),
    ),
    route(upstreamOAuthLinks.listUpstreamOAuthLinks, async ({ query }) => {
      const providerId = query['filter[provider]']
      if (providerId !== undefined) await getProvider(readUlid(providerId))
      const filter = {
        userId: await readUserFilter(database.read, query['filter[user]']),
        providerId,
        subject: query['filter[subject]'],
        humanAccountName: query['filter[human-account-name]'],
      }
      return pageDocument(LINK, LINKS, query, {
        list: async (page) => (await listLinkPage(database.read, filter, page)).map(linkResource),
        count: () => countLinks(database.read, filter),
      })
    }),
    route(upstreamOAuthLinks.addUpstreamOAuthLink, async ({ body, request }) => {
      requireJson(request)
      const account = found(await findAccountById(database.read, readUlid(body.user_id, 422)), 'User', body.user_id)
      const provider = await getProvider(readUlid(body.provider_id, 422))
      const humanAccountName = body.human_account_name ?? null
      for (const text of [body.subject, humanAccountName ?? '']) {
        if (text.length > MAX_LENGTH || text.includes('\0')) {
          throw new AuthAdminError(400, `subject and human_account_name have at most ${MAX_LENGTH} characters, none of them NUL`)
        }
      }
      const link = { userId: account.userId, providerId: provider.id, subject: body.subject, humanAccountName }
      const added = await database.transaction((tx) => links.add(tx, link))
      if (!added) throw new AuthAdminError(409, 'Upstream OAuth 2.0 link is already there, with a user')
      const document = singleDocument(LINK, LINKS, linkResource(await getLink(added.id)))
      return added.isNew ? document : Reply.json(200, document)
    }),
    route(upstreamOAuthLinks.getUpstreamOAuthLink, async ({ params }) =>
      singleDocument(LINK, LINKS, linkResource(await getLink(readUlid(params.id)))),
    ),
    route(upstreamOAuthLinks.deleteUpstreamOAuthLink, async ({ params }) => {
      const { id } = await getLink(readUlid(params.id))
      await database.transaction((tx) => links.remove(tx, { id }))
      return Reply.empty()
    }),
  ]
}

function providerResource(row: ProviderRow) {
  return {
    id: row.id,
    attributes: {
      issuer: row.issuer,
      human_name: row.human_name,
      brand_name: row.brand_name,
      created_at: toInstant(row.created_at_ms),
      disabled_at: toInstantOrNull(row.disabled_at_ms),
      registration_token_required: row.registration_token_required === 1,
    },
  }
}

function linkResource(row: LinkRow) {
  return {
    id: row.id,
    attributes: {
      created_at: toInstant(row.created_at_ms),
      provider_id: row.provider_id,
      subject: row.subject,
      user_id: row.account_id,
      human_account_name: row.human_account_name,
    },
  }
}
