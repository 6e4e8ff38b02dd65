import { contract } from '@glia/contract'
import type { Reply } from '@glia/http'
import { type Route, route } from '@glia/http'
import type { AuthorizationGrants } from '../authorization-code/index.ts'
import { html } from '../html.ts'
import type { Recovery } from '../recovery/index.ts'
import type { Upstream } from '../upstream/index.ts'
import { type Continuation, continueAt, withContinuation } from './continuation.ts'
import { csrfField, notice, textField } from './layout.ts'
import { checkSignIn, type SignInDeps, type SignInResult } from './sign-in.ts'
import { providerLinks } from './upstream-routes.ts'
import { openVisit, type Visit, type VisitDeps } from './visit.ts'

export interface LoginRoutesDeps extends VisitDeps, SignInDeps {
  readonly authorizationGrants: AuthorizationGrants
  readonly upstream: Upstream<Continuation>
  readonly passwordsEnabled: boolean
  readonly registrationEnabled: boolean
  /** Undefined: a forgotten password cannot be replaced here. */
  readonly recovery: Recovery | undefined
}

const REFUSALS: Readonly<Record<Exclude<SignInResult['kind'], 'welcome'>, string>> = {
  wrong: 'User name or password is wrong.',
  locked: 'This account is locked. Ask an administrator of this server.',
  deactivated: 'This account has been deactivated.',
  'too-many': 'Too many attempts. Wait a while before you try again.',
}

export function loginRoutes(deps: LoginRoutesDeps): Route[] {
  const { pages } = contract

  const show = (visit: Visit, continuation: Continuation, view: { username: string; refusal?: string; status?: number }): Reply => {
    const others = providerLinks(deps.upstream.providers, continuation)
    if (!deps.passwordsEnabled && others) return visit.show({ title: 'Sign in', body: others })
    if (!deps.passwordsEnabled) {
      return visit.show({ title: 'Sign in', body: notice('warning', 'This server has signing in with a password switched off.') })
    }
    const isFilled = view.username !== ''
    return visit.show({
      title: 'Sign in',
      status: view.status ?? 200,
      body: html`${view.refusal === undefined ? undefined : notice('error', view.refusal)}
<form method="post" action="${withContinuation('/login', continuation)}">${csrfField(visit.csrf)}
${textField({ name: 'username', label: deps.recovery ? 'User name or e-mail address' : 'User name', value: view.username, autocomplete: 'username', isFocused: !isFilled })}
${textField({ name: 'password', label: 'Password', type: 'password', autocomplete: 'current-password', isFocused: isFilled })}
<button type="submit">Sign in</button>
</form>
${others}
${deps.recovery && html`<p><a href="/recover">Forgotten your password?</a></p>`}
${
  deps.registrationEnabled
    ? html`<p>No account yet? <a href="${withContinuation('/register', continuation)}">Create one</a></p>`
    : undefined
}`,
    })
  }

  return [
    route(pages.signIn.showLogin, async ({ query, request }) => {
      const visit = await openVisit(deps, request)
      const grant = query.kind === 'continue_authorization_grant' && query.id ? await deps.authorizationGrants.find(query.id) : undefined
      const isFreshEnough = !grant?.needsFreshLogin || (visit.signedIn?.session.createdAtMs ?? 0) >= grant.createdAtMs
      if (visit.signedIn && isFreshEnough) return visit.redirect(continueAt(query))
      return show(visit, query, { username: hintedName(grant?.loginHint, visit.serverName) })
    }),
    route(pages.signIn.submitLogin, async ({ query, body, request }) => {
      const visit = await openVisit(deps, request)
      visit.checkCsrf(body.csrf)
      if (!deps.passwordsEnabled) return show(visit, query, { username: '' })
      const username = body.username ?? ''
      const result = await checkSignIn(deps, username, body.password ?? '', { ip: request.ip, userAgent: request.userAgent })
      if (result.kind !== 'welcome') {
        return show(visit, query, { username, refusal: REFUSALS[result.kind], status: result.kind === 'too-many' ? 429 : 403 })
      }
      await visit.signOut()
      await deps.database.transaction((tx) => visit.signIn(tx, result.user.userId))
      return visit.redirect(continueAt(query))
    }),
    route(pages.signIn.submitLogout, async ({ query, body, request }) => {
      const visit = await openVisit(deps, request)
      visit.checkCsrf(body.csrf)
      await visit.signOut()
      return visit.redirect(withContinuation('/login', query))
    }),
  ]
}

/** `login_hint=mxid:@user:server` of this server names who is to sign in; other hints say nothing (MAS). */
function hintedName(hint: string | undefined, serverName: string): string {
  if (!hint?.startsWith('mxid:@') || !hint.endsWith(`:${serverName}`)) return ''
  return hint.slice('mxid:@'.length, -(serverName.length + 1))
}
