import { contract, PageError } from '@glia/contract'
import { type Reply, type Route, route } from '@glia/http'
import type { Logger } from '@glia/platform'
import { makeUserId, type ServerName, type UserId } from '@glia/protocol'
import type { AuthorizationGrants } from '../authorization-code/index.ts'
import { html } from '../html.ts'
import {
  nameOfProvider,
  recordLogin,
  type Upstream,
  UpstreamFailure,
  type UpstreamIdentity,
  type UpstreamProvider,
  UpstreamRefusal,
} from '../upstream/index.ts'
import { type Continuation, continueAt, withContinuation } from './continuation.ts'
import { openVisit, type Visit, type VisitDeps } from './visit.ts'
import { anotherAccount } from './who.ts'

export interface UpstreamPageDeps extends VisitDeps {
  readonly upstream: Upstream<Continuation>
  readonly authorizationGrants: AuthorizationGrants
  readonly logger: Logger
}

/** The way to an identity provider and back. */
export function upstreamRoutes(deps: UpstreamPageDeps): Route[] {
  const { upstream, database, homeserver } = deps
  const pages = contract.pages.upstream

  const findProvider = (id: string): UpstreamProvider => {
    const provider = upstream.find(id)
    if (!provider) throw new PageError(404, 'No such provider', 'This server does not know it, or not any more.')
    return provider
  }

  /** Puts what went wrong at the provider into words. */
  async function asking<T>(provider: UpstreamProvider, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      const name = nameOfProvider(provider)
      if (error instanceof UpstreamRefusal) throw new PageError(403, `You are not signed in with ${name}`, error.message)
      if (!(error instanceof UpstreamFailure)) throw error
      deps.logger.warn({ provider: provider.id, reason: error.message }, 'a sign-in through a provider failed')
      throw new PageError(502, `${name} cannot be used now`, 'It did not answer as it should. Try again later, or sign in another way.')
    }
  }

  /** Signs the browser in as the account that belongs to the person. @param link to be made first */
  async function welcome(
    visit: Visit,
    provider: UpstreamProvider,
    came: { id: string; identity: UpstreamIdentity; continuation: Continuation },
    userId: UserId,
    link?: { isOnlyOne: boolean },
  ): Promise<Reply> {
    const user = await homeserver.findUser(userId)
    if (!user || user.isDeactivated) throw new PageError(403, 'Not possible', 'This account has been deactivated.')
    if (user.isLocked) throw new PageError(403, 'Not possible', 'This account is locked. Ask an administrator of this server.')
    await visit.signOut()
    await database.transaction(async (tx) => {
      if (!(await upstream.signIns.spend(tx, came.id))) throw usedUp()
      if (link) {
        const { links } = upstream
        const others = link.isOnlyOne ? (await links.list(tx.db, userId)).filter((other) => other.provider_id === provider.id) : []
        for (const other of others) await links.remove(tx, other)
        const added = await links.add(tx, {
          userId,
          providerId: provider.id,
          subject: came.identity.subject,
          humanAccountName: came.identity.accountName ?? null,
        })
        if (!added) throw usedUp()
      }
      const browserSessionId = await visit.signIn(tx, userId)
      await recordLogin(tx, { browserSessionId, providerId: provider.id, identity: came.identity })
    })
    return visit.redirect(continueAt(came.continuation))
  }

  /** The account that has the name already, and may be linked to it, or not; undefined: there is none. */
  async function findNamesake(provider: UpstreamProvider, { localpart }: UpstreamIdentity) {
    const rule = provider.claims.localpart
    if (localpart === undefined || (rule.action !== 'force' && rule.action !== 'require')) return undefined
    const user = await homeserver.findUser(makeUserId(localpart, homeserver.serverName as ServerName))
    if (!user) return undefined
    const hasLink = async () =>
      (await upstream.links.list(database.read, user.userId)).some(({ provider_id }) => provider_id === provider.id)
    if (rule.onConflict === 'fail' || (rule.onConflict === 'set' && (await hasLink()))) {
      throw new PageError(
        409,
        'The name is taken',
        `There is an account ${user.userId} already. If it is yours, sign in with its password and link it on the page of your account.`,
      )
    }
    return { userId: user.userId, isOnlyOne: rule.onConflict === 'replace' }
  }

  return [
    route(pages.startUpstream, async ({ params, query, request }) => {
      const provider = findProvider(params.id)
      const visit = await openVisit(deps, request)
      const grant =
        provider.isLoginHintForwarded && query.kind === 'continue_authorization_grant' && query.id
          ? await deps.authorizationGrants.find(query.id)
          : undefined
      return visit.redirect(
        await asking(provider, () => upstream.begin({ provider, browser: visit.csrf, continuation: query, loginHint: grant?.loginHint })),
      )
    }),

    route(pages.finishUpstream, async ({ params, query, request }) => {
      const provider = findProvider(params.id)
      const visit = await openVisit(deps, request)
      const came = await asking(provider, () => upstream.finish(provider, query, visit.csrf))
      const owner = await upstream.links.findUser(database.read, provider.id, came.identity.subject)
      const { signedIn } = visit
      if (owner !== undefined && signedIn && signedIn.user.userId !== owner) {
        return visit.show({
          title: 'Linked to another account',
          status: 409,
          body: html`<p>Who you are at ${nameOfProvider(provider)} is linked to another account than <strong>${signedIn.user.userId}</strong>.</p>
${anotherAccount(visit, {})}<p><a href="${continueAt(came.continuation)}">Go on as ${signedIn.user.userId}</a></p>`,
        })
      }
      if (owner !== undefined) return welcome(visit, provider, came, owner)
      if (!signedIn) {
        const namesake = await findNamesake(provider, came.identity)
        if (namesake) return welcome(visit, provider, came, namesake.userId, namesake)
      }
      return visit.redirect(`/upstream/link/${came.id}`)
    }),
  ]
}

export function usedUp(): PageError {
  return new PageError(404, 'Nothing to confirm', 'It took too long, was done already, or was begun in another browser. Start again.')
}

/** Ways to sign in beside the password. */
export function providerLinks(providers: readonly UpstreamProvider[], continuation: Continuation) {
  if (providers.length === 0) return undefined
  return html`<nav class="providers" aria-label="Other ways to sign in">${providers.map(
    (provider) =>
      html`<a class="button second" href="${withContinuation(`/upstream/authorize/${provider.id}`, continuation)}">Continue with ${nameOfProvider(provider)}</a>`,
  )}</nav>`
}
