import { contract, PageError } from '@glia/contract'
import type { AnyTransaction } from '@glia/database'
import { type Reply, type Route, route } from '@glia/http'
import type { Clock } from '@glia/platform'
import type { UserId } from '@glia/protocol'
import { findClient } from '../client-registration/index.ts'
import { type Html, html } from '../html.ts'
import { endSessionWithDevice } from '../revocation/index.ts'
import type { BrowserSession, Session, Sessions } from '../sessions/index.ts'
import { describeUserAgent } from '../token/index.ts'
import { nameOfProvider, type Upstream } from '../upstream/index.ts'
import { type Continuation, withContinuation } from './continuation.ts'
import { csrfField, notice } from './layout.ts'
import { openVisit, type SignedIn, type Visit, type VisitDeps } from './visit.ts'
import { signedInAs } from './who.ts'

export interface AccountRoutesDeps extends VisitDeps {
  readonly sessions: Sessions
  readonly clock: Clock
  readonly passwordsEnabled: boolean
  readonly upstream: Upstream<Continuation>
  /** Lets the user's clients replace the cross-signing keys without further proof until then, once. */
  allowCrossSigningReset(tx: AnyTransaction, userId: UserId, untilMs: number): Promise<void>
}

const ONE_SESSION = /(?:^|\.)(?:device_view|device_delete|session_view|session_end)$/
const CROSS_SIGNING_RESET = /(?:^|\.)cross_signing_reset$/
const DEACTIVATION = /(?:^|\.)account_deactivate$/
const RESET_ALLOWED_MS = 10 * 60_000
const ALL_SESSIONS = /(?:^|\.)(?:devices_list|sessions_list)$/

/** The page of the own account. `action` and `device_id` choose a part of it (MSC4191). */
export function accountPageRoutes(deps: AccountRoutesDeps): Route[] {
  const { account } = contract.pages

  const show = async (visit: Visit, signedIn: SignedIn, query: { action?: string; device_id?: string }): Promise<Reply> => {
    if (CROSS_SIGNING_RESET.test(query.action ?? '')) return showReset(visit, signedIn)
    if (DEACTIVATION.test(query.action ?? '')) return visit.redirect('/account/deactivate')
    const sessions = await deps.sessions.list(deps.database.read, signedIn.user.userId)
    const action = query.action ?? ''
    if (ONE_SESSION.test(action)) {
      const session = sessions.find(({ deviceId }) => deviceId === query.device_id)
      if (!session) throw new PageError(404, 'No such session', 'You are not signed in with this device, or not any more.')
      return visit.show({
        title: 'A session of yours',
        isWide: true,
        body: html`<ul class="sessions">${[await sessionItem(deps, visit, session)]}</ul><p><a href="/account/">All of your account</a></p>`,
      })
    }
    const items = await Promise.all(sessions.map((session) => sessionItem(deps, visit, session)))
    const browsers = await deps.browserSessions.list(deps.database.read, signedIn.user.userId)
    const sessionPart = html`<h2>Where you are signed in</h2>
${items.length === 0 ? html`<p>Nowhere, apart from this browser.</p>` : html`<ul class="sessions">${items}</ul>`}`
    if (ALL_SESSIONS.test(action)) return visit.show({ title: 'Your sessions', isWide: true, body: sessionPart })
    return visit.show({
      title: 'Your account',
      isWide: true,
      body: html`${signedInAs(visit, signedIn, {})}
${signedIn.user.isAdmin ? notice('done', html`You administer this server. ${deps.hasHomeserver && html`<a href="/admin/">Open the console</a>`}`) : undefined}
<h2>How you sign in</h2>
<ul>${deps.passwordsEnabled && html`<li><a href="/account/password/change">Change your password</a></li>`}
<li><a href="/account/emails">Your e-mail addresses</a></li></ul>
${await linkedPart(deps, visit, signedIn)}
${sessionPart}
<h2>Browsers signed in on these pages</h2>
<ul class="sessions">${browsers.map((browser) => browserItem(visit, signedIn, browser))}</ul>
<h2>Leave</h2>
<form method="post" action="/logout">${csrfField(visit.csrf)}<button class="second" type="submit">Sign out of this browser</button></form>
<p><a href="/account/deactivate">End your account for good</a></p>`,
    })
  }

  return [
    route(account.showAccount, async ({ query, request }) => {
      const visit = await openVisit(deps, request)
      if (visit.signedIn) return show(visit, visit.signedIn, query)
      return visit.redirect(withContinuation('/login', { kind: 'manage_account', action: query.action, device_id: query.device_id }))
    }),
    route(account.endSession, async ({ params, body, request }) => {
      const visit = await openVisit(deps, request)
      visit.checkCsrf(body.csrf)
      if (!visit.signedIn) return visit.redirect(withContinuation('/login', { kind: 'manage_account' }))
      const session = await deps.sessions.find(deps.database.read, params.id)
      if (!session || session.userId !== visit.signedIn.user.userId || session.kind === 'puppet') throw noSuchSession()
      await deps.database.transaction((tx) => endSessionWithDevice(tx, deps, session.id))
      return visit.redirect('/account/')
    }),
    route(account.allowCrossSigningReset, async ({ body, request }) => {
      const visit = await openVisit(deps, request)
      visit.checkCsrf(body.csrf)
      if (!visit.signedIn) {
        return visit.redirect(withContinuation('/login', { kind: 'manage_account', action: 'org.matrix.cross_signing_reset' }))
      }
      const { userId } = visit.signedIn.user
      await deps.database.transaction((tx) => deps.allowCrossSigningReset(tx, userId, deps.clock.nowMs() + RESET_ALLOWED_MS))
      return visit.show({
        title: 'Allowed',
        body: html`${notice('done', 'For ten minutes, your clients may replace your cryptographic identity.')}<p>Go back to the client and go on there.</p>`,
      })
    }),
    route(account.endBrowserSession, async ({ params, body, request }) => {
      const visit = await openVisit(deps, request)
      visit.checkCsrf(body.csrf)
      if (!visit.signedIn) return visit.redirect(withContinuation('/login', { kind: 'manage_account' }))
      const browser = await deps.browserSessions.find(deps.database.read, params.id)
      if (!browser || browser.userId !== visit.signedIn.user.userId) throw noSuchSession()
      await deps.database.transaction((tx) => deps.browserSessions.end(tx, browser.id))
      return visit.redirect('/account/')
    }),
  ]
}

function showReset(visit: Visit, signedIn: SignedIn): Reply {
  return visit.show({
    title: 'Reset your cryptographic identity?',
    body: html`${notice(
      'warning',
      html`<p><strong>Only go on if you asked for this in a client of yours, just now.</strong></p>
<p>People you talk to will be told that your identity has changed, and messages that you have no other copy of the keys for stay unreadable.</p>`,
    )}
${signedInAs(visit, signedIn, { kind: 'manage_account', action: 'org.matrix.cross_signing_reset' })}
<form method="post" action="/account/cross-signing-reset">${csrfField(visit.csrf)}
<div class="actions"><button class="danger" type="submit">Allow the reset</button></div></form>
<p><a href="/account/">No, go to my account</a></p>`,
  })
}

function noSuchSession(): PageError {
  return new PageError(404, 'No such session', 'It is not yours, or it has ended.')
}

async function sessionItem(deps: AccountRoutesDeps, visit: Visit, session: Session): Promise<Html> {
  const client = session.clientId === undefined ? undefined : await findClient(deps.database.read, session.clientId)
  const system = describeUserAgent(session.userAgent ?? '')
  const name =
    session.humanName ?? client?.clientName ?? (session.kind === 'puppet' ? 'An administrator acting as you' : (system ?? 'A client'))
  return html`<li><div class="about"><strong>${name}</strong>
${session.deviceId === undefined ? undefined : html`<span>Device ${session.deviceId}</span>`}
<span>${client && system ? `${system}. ` : undefined}Signed in ${time(session.createdAtMs)}${
    session.lastActiveAtMs === undefined ? undefined : html`, last used ${time(session.lastActiveAtMs)}`
  }${session.lastActiveIp === undefined ? undefined : html` from ${session.lastActiveIp}`}</span></div>
${
  session.kind === 'puppet'
    ? undefined
    : html`<form method="post" action="/account/sessions/${session.id}/end">${csrfField(visit.csrf)}
<button class="danger" type="submit" aria-label="End the session of ${name}">End</button></form>`
}</li>`
}

/** Who the user is at identity providers. */
async function linkedPart({ upstream, database }: AccountRoutesDeps, visit: Visit, { user }: SignedIn): Promise<Html | undefined> {
  const links = await upstream.links.list(database.read, user.userId)
  if (links.length === 0 && upstream.providers.length === 0) return undefined
  const free = upstream.providers.filter(({ id }) => !links.some((link) => link.provider_id === id))
  return html`<h2>Linked accounts</h2>
<ul class="sessions">${links.map((link) => {
    const provider = upstream.find(link.provider_id)
    const name = provider ? nameOfProvider(provider) : 'A provider that is not used any more'
    return html`<li><div class="about"><strong>${name}</strong><span>${link.human_account_name ?? link.subject}</span></div>
<form method="post" action="/account/links/${link.id}/remove">${csrfField(visit.csrf)}
<button class="danger" type="submit" aria-label="Remove the link to ${name}">Remove</button></form></li>`
  })}</ul>
${
  free.length > 0 &&
  html`<ul>${free.map((provider) => html`<li><a href="${withContinuation(`/upstream/authorize/${provider.id}`, { kind: 'manage_account' })}">Link ${nameOfProvider(provider)}</a></li>`)}</ul>`
}`
}

function browserItem(visit: Visit, { session }: SignedIn, browser: BrowserSession): Html {
  const name = describeUserAgent(browser.userAgent ?? '') ?? 'A browser'
  const isThis = browser.id === session.id
  return html`<li><div class="about"><strong>${name}${isThis ? ' (this one)' : undefined}</strong>
<span>Signed in ${time(browser.createdAtMs)}${browser.lastActiveIp === undefined ? undefined : html` from ${browser.lastActiveIp}`}</span></div>
${
  isThis
    ? undefined
    : html`<form method="post" action="/account/browsers/${browser.id}/end">${csrfField(visit.csrf)}
<button class="danger" type="submit" aria-label="Sign out ${name}">Sign out</button></form>`
}</li>`
}

function time(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
