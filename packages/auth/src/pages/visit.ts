import { PageError } from '@glia/contract'
import type { AnyTransaction, Database } from '@glia/database'
import { Reply, type RequestInfo } from '@glia/http'
import type { Random } from '@glia/platform'
import type { UserId } from '@glia/protocol'
import type { HomeserverLink, LinkedUser } from '../homeserver-link.ts'
import { type Html, html } from '../html.ts'
import type { AuthSchema } from '../schema.ts'
import type { BrowserSession, BrowserSessions } from '../sessions/index.ts'
import { isSameText } from '../tokens/index.ts'
import { type Continuation, withContinuation } from './continuation.ts'
import { cookieNames, readCookie, setCookie } from './cookies.ts'
import { inlineScript } from './inline-script.ts'
import { page } from './layout.ts'

const SESSION_COOKIE_SECONDS = 30 * 24 * 3600
const CSRF_BYTES = 32

export interface SignedIn {
  readonly session: BrowserSession
  readonly user: LinkedUser
}

/** One request for a page: who is there, and how to answer them. */
export interface Visit {
  /** Undefined: nobody, or an account that cannot be used any more. */
  readonly signedIn: SignedIn | undefined
  /** For the hidden field of every form. */
  readonly csrf: string
  readonly serverName: string
  /**
   * A page that nothing foreign can frame, script or style.
   * @param view.formTarget where a form of the page leads outside this server, as a CSP source
   * @param view.refreshTo where the browser goes by itself
   * @param view.script the one script that may run
   */
  show(view: {
    title: string
    body: Html
    status?: number
    formTarget?: string
    refreshTo?: string
    script?: Html
    isWide?: boolean
  }): Reply
  redirect(location: string): Reply
  /** @throws PageError when the form did not come from a page of ours */
  checkCsrf(sent: string | undefined): void
  /** Signs the browser in: the cookie goes out with the answer. @returns the id of the browser session */
  signIn(tx: AnyTransaction, userId: UserId): Promise<string>
  /** Signs the browser out. */
  signOut(): Promise<void>
}

export interface VisitDeps {
  readonly database: Database<AuthSchema>
  readonly homeserver: HomeserverLink
  readonly browserSessions: BrowserSessions
  readonly random: Random
  readonly issuer: () => string
  /** False: this is the auth service alone, and neither homeserver nor console. */
  readonly hasHomeserver: boolean
}

export async function openVisit(deps: VisitDeps, request: RequestInfo): Promise<Visit> {
  const { database, homeserver, browserSessions } = deps
  const isSecure = deps.issuer().startsWith('https:')
  const names = cookieNames(isSecure)
  const sentCsrf = readCookie(request.headers.cookie, names.csrf)
  const csrf = sentCsrf ?? deps.random.bytes(CSRF_BYTES).toString('base64url')
  const cookies: string[] = sentCsrf === undefined ? [setCookie(names.csrf, csrf, { isSecure })] : []
  const signedIn = await findSignedIn(deps, readCookie(request.headers.cookie, names.session))
  const serverName = homeserver.serverName
  return {
    signedIn,
    csrf,
    serverName,
    show({ title, body, status = 200, formTarget, refreshTo, script, isWide = false }) {
      const inline = script && inlineScript(deps.random, script)
      const headers = {
        ...pageHeaders({ formTarget, ...inline }),
        ...(refreshTo === undefined ? {} : { refresh: `0; url=${refreshTo}` }),
        ...(cookies.length > 0 ? { 'set-cookie': cookies } : {}),
      }
      return Reply.html(status, page({ title, serverName, body: html`${body}${inline?.tag}`, isWide }), headers)
    },
    redirect: (location) => Reply.redirect(location, cookies.length > 0 ? { 'set-cookie': cookies } : {}),
    checkCsrf(sent) {
      if (sentCsrf !== undefined && sent !== undefined && isSameText(sent, sentCsrf)) return
      throw new PageError(403, 'Please try again', 'The form was too old, or your browser does not keep cookies for this site.')
    },
    async signIn(tx, userId) {
      const { session, cookie } = await browserSessions.create(tx, { userId, origin: { ip: request.ip, userAgent: request.userAgent } })
      cookies.push(setCookie(names.session, cookie, { isSecure, maxAgeSeconds: SESSION_COOKIE_SECONDS }))
      return session.id
    },
    async signOut() {
      if (signedIn) await database.transaction((tx) => browserSessions.end(tx, signedIn.session.id))
      cookies.push(setCookie(names.session, '', { isSecure, maxAgeSeconds: 0 }))
    },
  }
}

/** For pages of the own account: whoever is not signed in does that first. A form is only looked at when it is one of ours. */
export async function openOwnVisit(
  deps: VisitDeps,
  request: RequestInfo,
  how: { continuation: Continuation; form?: { readonly csrf?: string | undefined } },
  answer: (visit: Visit, signedIn: SignedIn) => Promise<Reply>,
): Promise<Reply> {
  const visit = await openVisit(deps, request)
  if (how.form) visit.checkCsrf(how.form.csrf)
  return visit.signedIn ? answer(visit, visit.signedIn) : visit.redirect(withContinuation('/login', how.continuation))
}

async function findSignedIn(deps: VisitDeps, cookie: string | undefined): Promise<SignedIn | undefined> {
  const session = cookie ? await deps.browserSessions.findByCookie(deps.database.read, cookie) : undefined
  const user = session && (await deps.homeserver.findUser(session.userId))
  return session && user && !user.isDeactivated && !user.isLocked ? { session, user } : undefined
}

/**
 * What nothing foreign can frame, script or style.
 * @param view.formTarget where a form of the page leads outside this server, as a CSP source
 * @param view.scriptNonce of the one script of the page, which may ask this server only
 */
export function pageHeaders(view: { formTarget?: string | undefined; scriptNonce?: string }): Record<string, string> {
  const forms = view.formTarget === undefined ? "'self'" : `'self' ${view.formTarget}`
  const script = view.scriptNonce === undefined ? '' : ` script-src 'nonce-${view.scriptNonce}'; connect-src 'self';`
  return {
    'content-security-policy': `default-src 'none'; style-src 'self';${script} base-uri 'none'; frame-ancestors 'none'; form-action ${forms}`,
    'x-frame-options': 'DENY',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
  }
}
