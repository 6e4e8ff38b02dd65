import { contract, PageError } from '@glia/contract'
import { Reply, type Route, route } from '@glia/http'
import { html } from '../html.ts'
import { type LoginTokens, readRedirectUrl, type SsoLogins, withLoginToken } from '../sso-login/index.ts'
import type { Upstream } from '../upstream/index.ts'
import { formTargetOf } from './consent-routes.ts'
import { type Continuation, withContinuation } from './continuation.ts'
import { csrfField } from './layout.ts'
import { openVisit, type SignedIn, type VisitDeps } from './visit.ts'
import { signedInAs } from './who.ts'

export interface SsoPageDeps extends VisitDeps {
  readonly ssoLogins: SsoLogins
  readonly loginTokens: LoginTokens
  readonly upstream: Upstream<Continuation>
  readonly registrationEnabled: boolean
  /** Beginnings of addresses of clients that need no confirmation. */
  readonly trustedClients: readonly string[]
}

const TOKEN_MS = 30_000

/** Signing in on our pages for clients that know nothing of OAuth (`m.login.sso`). */
export function ssoRoutes(deps: SsoPageDeps): Route[] {
  const { ssoLogins, loginTokens, database } = deps
  const pages = contract.pages.sso

  async function start(query: Readonly<Record<string, string | undefined>>, idp?: string): Promise<Reply> {
    const url = readRedirectUrl(query.redirectUrl ?? '')
    if (!url) throw new PageError(400, 'This does not work', 'The client did not say properly where it is to be found (redirectUrl).')
    const id = await ssoLogins.start(url.href)
    const provider = idp === undefined ? undefined : deps.upstream.find(idp)
    if (provider) {
      const path = withContinuation(`/upstream/authorize/${provider.id}`, { kind: 'continue_compat_sso_login', id })
      return Reply.redirect(`${deps.issuer()}${path.slice(1)}`)
    }
    const action = (query.action ?? query['org.matrix.msc3824.action']) === 'register' ? '?action=register' : ''
    return Reply.redirect(`${deps.issuer()}complete-compat-sso/${id}${action}`)
  }

  async function makeWayBack({ user }: SignedIn, redirectUrl: string): Promise<string> {
    const token = await database.transaction((tx) => loginTokens.create(tx, { userId: user.userId, lifetimeMs: TOKEN_MS }))
    return withLoginToken(redirectUrl, token)
  }

  /** Compared in normal form, so that `https://a.example` does not let `https://a.example.evil.example` in. */
  const isTrusted = (redirectUrl: string): boolean =>
    [...deps.trustedClients, `${deps.issuer()}_matrix/static/client/login/`].some((beginning) =>
      redirectUrl.startsWith(URL.parse(beginning)?.href ?? beginning),
    )

  async function findLogin(id: string): Promise<string> {
    const redirectUrl = await ssoLogins.find(id)
    if (redirectUrl === undefined) throw new PageError(404, 'Nothing to confirm', 'This took too long. Start again in the client.')
    return redirectUrl
  }

  return [
    route(pages.startSso, async ({ query }) => start(query)),
    route(pages.startSsoAt, async ({ params, query }) => start(query, params.idp_id)),

    route(pages.showSsoLogin, async ({ params, query, request }) => {
      const redirectUrl = await findLogin(params.id)
      const visit = await openVisit(deps, request)
      const continuation = { kind: 'continue_compat_sso_login', id: params.id }
      if (!visit.signedIn) {
        const isSignUp = query.action === 'register' && deps.registrationEnabled
        return visit.redirect(withContinuation(isSignUp ? '/register' : '/login', continuation))
      }
      if (isTrusted(redirectUrl)) {
        // not a redirect: browsers would hold the one after the sign-in form to that page's content security policy
        const location = await makeWayBack(visit.signedIn, redirectUrl)
        return visit.show({ title: 'Signed in', refreshTo: location, body: html`<p><a href="${location}">Go on to the client</a></p>` })
      }
      const { host, protocol } = new URL(redirectUrl)
      return visit.show({
        title: 'Sign in to this client?',
        formTarget: formTargetOf(redirectUrl),
        body: html`<p>A client at <strong>${host === '' ? protocol : host}</strong> wants to use your account: it can read and send your messages.</p>
${signedInAs(visit, visit.signedIn, continuation)}
<form method="post" action="/complete-compat-sso/${params.id}">${csrfField(visit.csrf)}
<button type="submit">Continue</button></form>
<p>If you did not begin this in a client of yours just now, close this page.</p>`,
      })
    }),

    route(pages.submitSsoLogin, async ({ params, body, request }) => {
      const visit = await openVisit(deps, request)
      visit.checkCsrf(body.csrf)
      const redirectUrl = await findLogin(params.id)
      if (!visit.signedIn) return visit.redirect(withContinuation('/login', { kind: 'continue_compat_sso_login', id: params.id }))
      return visit.redirect(await makeWayBack(visit.signedIn, redirectUrl))
    }),
  ]
}
