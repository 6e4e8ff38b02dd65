import { contract, PageError } from '@glia/contract'
import { type Reply, type Route, route } from '@glia/http'
import { type AuthorizationGrants, type PendingAuthorizationGrant, responseLocation } from '../authorization-code/index.ts'
import { type Client, findClient } from '../client-registration/index.ts'
import { html } from '../html.ts'
import type { AuthorizationPolicy } from '../policy/index.ts'
import { withContinuation } from './continuation.ts'
import { csrfField } from './layout.ts'
import { refusedScopes } from './refused-scopes.ts'
import { scopeList } from './scope-words.ts'
import { openVisit, type SignedIn, type Visit, type VisitDeps } from './visit.ts'
import { signedInAs } from './who.ts'

export interface ConsentRoutesDeps extends VisitDeps {
  readonly authorizationGrants: AuthorizationGrants
  readonly policy: AuthorizationPolicy
  readonly registrationEnabled: boolean
}

export function consentRoutes(deps: ConsentRoutesDeps): Route[] {
  const { authorizationGrants } = deps
  const { grants } = contract.pages

  const findGrant = async (id: string): Promise<{ grant: PendingAuthorizationGrant; client: Client }> => {
    const grant = await authorizationGrants.find(id)
    const client = grant && (await findClient(deps.database.read, grant.clientId))
    if (!grant || !client) throw new PageError(404, 'Nothing to confirm', 'There is no such request. Start again in the client.')
    if (grant.stage !== 'pending')
      throw new PageError(409, 'Already decided', 'This request was answered before. Start again in the client.')
    if (authorizationGrants.isTooLate(grant)) throw new PageError(410, 'Too late', 'This request has expired. Start again in the client.')
    return { grant, client }
  }

  const violationsOf = ({ user }: SignedIn, grant: PendingAuthorizationGrant, client: Client) =>
    deps.policy({ user, client, scopes: scopesOf(grant) })

  const show = (visit: Visit, signedIn: SignedIn, grant: PendingAuthorizationGrant, client: Client): Reply => {
    const continuation = { kind: 'continue_authorization_grant', id: grant.id }
    const formTarget = formTargetOf(grant.redirectUri)
    const violations = violationsOf(signedIn, grant, client)
    if (violations.length > 0) {
      return refusedScopes(visit, {
        signedIn,
        violations,
        continuation,
        cancelAction: `/consent/${grant.id}`,
        cancelValue: 'cancel',
        formTarget,
      })
    }
    return visit.show({
      title: `Let ${client.clientName ?? client.id} in?`,
      formTarget,
      body: html`${
        client.clientUri === undefined
          ? undefined
          : html`<p><strong>${client.clientName ?? client.id}</strong> at ${new URL(client.clientUri).host} wants to use your account.</p>`
      }
${signedInAs(visit, signedIn, continuation)}
<h2>What it will be able to do</h2>
${scopeList(scopesOf(grant))}
<form method="post" action="/consent/${grant.id}">${csrfField(visit.csrf)}
<div class="actions"><button type="submit" name="action" value="consent">Continue</button>
<button class="second" type="submit" name="action" value="cancel">Cancel</button></div>
</form>`,
    })
  }

  const isFresh = (signedIn: SignedIn | undefined, grant: PendingAuthorizationGrant): signedIn is SignedIn =>
    signedIn !== undefined && (!grant.needsFreshLogin || signedIn.session.createdAtMs >= grant.createdAtMs)

  return [
    route(grants.showConsent, async ({ params, query, request }) => {
      const visit = await openVisit(deps, request)
      const { grant, client } = await findGrant(params.id)
      if (isFresh(visit.signedIn, grant)) return show(visit, visit.signedIn, grant, client)
      const isSignUp = query.prompt === 'create' && deps.registrationEnabled
      return visit.redirect(withContinuation(isSignUp ? '/register' : '/login', { kind: 'continue_authorization_grant', id: grant.id }))
    }),
    route(grants.submitConsent, async ({ params, body, request }) => {
      const visit = await openVisit(deps, request)
      visit.checkCsrf(body.csrf)
      const { grant, client } = await findGrant(params.id)
      if (!isFresh(visit.signedIn, grant)) {
        return visit.redirect(withContinuation('/login', { kind: 'continue_authorization_grant', id: grant.id }))
      }
      const { signedIn } = visit
      if (body.action === 'cancel') {
        if (!(await authorizationGrants.cancel(grant.id, signedIn.session.id))) throw alreadyDecided()
        return visit.redirect(responseLocation(grant, deps.issuer(), { error: 'access_denied', error_description: 'the user refused' }))
      }
      if (body.action !== 'consent') throw new PageError(400, 'Nothing was decided', 'The form said neither yes nor no.')
      if (violationsOf(signedIn, grant, client).length > 0) return show(visit, signedIn, grant, client)
      const code = await authorizationGrants.approve(grant.id, signedIn.session.id)
      if (code === undefined) throw alreadyDecided()
      return visit.redirect(responseLocation(grant, deps.issuer(), { code }))
    }),
  ]
}

function scopesOf(grant: PendingAuthorizationGrant): string[] {
  return grant.scope.split(' ').filter((scope) => scope !== '')
}

function alreadyDecided(): PageError {
  return new PageError(409, 'Already decided', 'This request was answered before. Start again in the client.')
}

/** Browsers hold a form's redirects to the CSP's `form-action` too: the client's address must be in it. */
export function formTargetOf(redirectUri: string): string {
  const url = new URL(redirectUri)
  return /^https?:$/.test(url.protocol) ? url.origin : url.protocol
}
