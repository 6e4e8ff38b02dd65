import { contract, PageError } from '@glia/contract'
import { type RateLimiter, type Reply, type Route, route } from '@glia/http'
import type { Clock } from '@glia/platform'
import { type Client, findClient } from '../client-registration/index.ts'
import type { DeviceGrant, DeviceGrants } from '../device-grant/index.ts'
import { type Html, html } from '../html.ts'
import type { AuthorizationPolicy } from '../policy/index.ts'
import { describeUserAgent } from '../token/index.ts'
import { withContinuation } from './continuation.ts'
import { csrfField, notice } from './layout.ts'
import { refusedScopes } from './refused-scopes.ts'
import { scopeList } from './scope-words.ts'
import { openVisit, type SignedIn, type Visit, type VisitDeps } from './visit.ts'
import { signedInAs } from './who.ts'

export interface DeviceRoutesDeps extends VisitDeps {
  readonly deviceGrants: DeviceGrants
  readonly policy: AuthorizationPolicy
  readonly limiter: RateLimiter
  readonly clock: Clock
  /** A code in the address of the page counts. */
  readonly isCodeInLink: boolean
}

/** Wrong codes from one address: six characters are quickly guessed by who may try without end. */
const GUESS_LIMIT = { perSecond: 0.1, burstCount: 10 }

export function deviceRoutes(deps: DeviceRoutesDeps): Route[] {
  const { deviceGrants, limiter } = deps
  const { grants } = contract.pages

  const showLink = (visit: Visit, view: { code: string; problem?: string; status?: number }): Reply =>
    visit.show({
      title: 'Link a device',
      status: view.status ?? 200,
      body: html`<p>Type in the code that the other device shows.</p>
${view.problem === undefined ? undefined : notice('error', view.problem)}
<form method="post" action="/link">${csrfField(visit.csrf)}
<div class="field"><label for="code">Code</label>
<input class="code" id="code" name="code" type="text" value="${view.code}" autocomplete="one-time-code" autocapitalize="characters" spellcheck="false" maxlength="16" required autofocus></div>
<button type="submit">Continue</button>
</form>`,
    })

  const follow = async (visit: Visit, code: string, ip: string): Promise<Reply> => {
    const key = `user code from ${ip}`
    const retryAfterMs = limiter.peek(key, GUESS_LIMIT)
    if (retryAfterMs > 0) return showLink(visit, { code: '', problem: 'Too many wrong codes. Wait a minute.', status: 429 })
    const grant = await deviceGrants.findByUserCode(code)
    if (grant) return visit.redirect(`/device/${grant.id}`)
    limiter.tryTake(key, GUESS_LIMIT)
    return showLink(visit, { code, problem: 'This code is not valid. It may have expired, or been used.', status: 404 })
  }

  const findGrant = async (id: string): Promise<{ grant: DeviceGrant; client: Client }> => {
    const grant = await deviceGrants.find(id)
    const client = grant && (await findClient(deps.database.read, grant.clientId))
    if (!grant || !client) throw new PageError(404, 'Nothing to confirm', 'There is no such request. Start again on the device.')
    if (grant.stage === 'pending' && grant.expiresAtMs <= deps.clock.nowMs()) {
      throw new PageError(410, 'Too late', 'The code has expired. Start again on the device.')
    }
    return { grant, client }
  }

  const showGrant = (visit: Visit, signedIn: SignedIn, grant: DeviceGrant, client: Client, problem?: string): Reply => {
    if (grant.stage === 'rejected') {
      return visit.show({ title: 'Refused', body: html`<p>The device was not let in. You can close this page.</p>` })
    }
    if (grant.stage !== 'pending') {
      return visit.show({
        title: 'Device linked',
        body: html`${notice('done', `${nameOf(client)} may now use your account.`)}<p>Go back to the device; you can close this page.</p>
<p><a href="/account/">See where you are signed in</a></p>`,
      })
    }
    const continuation = { kind: 'continue_device_code_grant', id: grant.id }
    const scopes = grant.scope.split(' ').filter((scope) => scope !== '')
    const violations = deps.policy({ user: signedIn.user, client, scopes })
    if (violations.length > 0) {
      return refusedScopes(visit, { signedIn, violations, continuation, cancelAction: `/device/${grant.id}`, cancelValue: 'reject' })
    }
    return visit.show({
      title: `Let ${nameOf(client)} in?`,
      status: problem === undefined ? 200 : 400,
      body: html`${problem === undefined ? undefined : notice('error', problem)}
${notice(
  'warning',
  html`<p><strong>Only go on if you started this yourself, just now, on a device that you have before you.</strong></p>
<p>If somebody sent you the link or the code, they want to get into your account.</p>`,
)}
${signedInAs(visit, signedIn, continuation)}
<h2>What asks</h2>
${deviceCard(grant, client)}
<h2>What it will be able to do</h2>
${scopeList(scopes)}
<form method="post" action="/device/${grant.id}">${csrfField(visit.csrf)}
<div class="check"><input type="checkbox" id="confirm_device" name="confirm_device" value="on">
<label for="confirm_device">This is my device, and it shows the code <strong>${grant.userCode}</strong></label></div>
<div class="actions"><button type="submit" name="action" value="consent">Confirm</button>
<button class="second" type="submit" name="action" value="reject">Refuse</button></div>
</form>`,
    })
  }

  return [
    route(grants.showLink, async ({ query, request }) => {
      const visit = await openVisit(deps, request)
      return query.code && deps.isCodeInLink ? follow(visit, query.code, request.ip) : showLink(visit, { code: '' })
    }),
    route(grants.submitLink, async ({ body, request }) => {
      const visit = await openVisit(deps, request)
      visit.checkCsrf(body.csrf)
      return follow(visit, body.code ?? '', request.ip)
    }),
    route(grants.showDevice, async ({ params, request }) => {
      const visit = await openVisit(deps, request)
      const { grant, client } = await findGrant(params.id)
      if (!visit.signedIn) return visit.redirect(withContinuation('/login', { kind: 'continue_device_code_grant', id: grant.id }))
      return showGrant(visit, visit.signedIn, grant, client)
    }),
    route(grants.submitDevice, async ({ params, body, request }) => {
      const visit = await openVisit(deps, request)
      visit.checkCsrf(body.csrf)
      const { grant, client } = await findGrant(params.id)
      if (!visit.signedIn) return visit.redirect(withContinuation('/login', { kind: 'continue_device_code_grant', id: grant.id }))
      if (grant.stage !== 'pending') return showGrant(visit, visit.signedIn, grant, client)
      const isAllowed = body.action === 'consent'
      if (!isAllowed && body.action !== 'reject') throw new PageError(400, 'Nothing was decided', 'The form said neither yes nor no.')
      if (isAllowed) {
        if (!body.confirm_device) return showGrant(visit, visit.signedIn, grant, client, 'Tick the box if this is your device.')
        const violations = deps.policy({
          user: visit.signedIn.user,
          client,
          scopes: grant.scope.split(' ').filter((scope) => scope !== ''),
        })
        if (violations.length > 0) return showGrant(visit, visit.signedIn, grant, client)
      }
      const decided = await deviceGrants.decide(grant.id, { isAllowed, browserSessionId: visit.signedIn.session.id })
      if (!decided) throw new PageError(410, 'Too late', 'The code has expired. Start again on the device.')
      return visit.redirect(`/device/${grant.id}`)
    }),
  ]
}

function nameOf(client: Client): string {
  return client.clientName ?? client.clientUri ?? client.id
}

function deviceCard(grant: DeviceGrant, client: Client): Html {
  return html`<dl>
<dt>Client</dt><dd>${nameOf(client)}</dd>
${client.clientUri === undefined ? undefined : html`<dt>Its site</dt><dd>${new URL(client.clientUri).host}</dd>`}
<dt>Program</dt><dd>${describeUserAgent(grant.userAgent) ?? 'not known'}</dd>
<dt>From</dt><dd>${grant.ip}</dd>
<dt>Asked</dt><dd>${new Date(grant.createdAtMs).toUTCString()}</dd>
<dt>Code</dt><dd class="code">${grant.userCode}</dd>
</dl>`
}
