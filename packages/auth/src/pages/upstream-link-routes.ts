import { contract, MatrixError, PageError } from '@glia/contract'
import { type RateLimit, type RateLimiter, type Reply, type Route, route } from '@glia/http'
import type { Clock } from '@glia/platform'
import type { Accounts } from '../accounts/index.ts'
import { html } from '../html.ts'
import { recordAcceptedTerms, type Terms } from '../terms/index.ts'
import { nameOfProvider, recordLogin, type UpstreamIdentity, type UpstreamProvider } from '../upstream/index.ts'
import { type Continuation, continueAt, withContinuation } from './continuation.ts'
import { checkbox, csrfField, notice, textField } from './layout.ts'
import { checkLocalpart } from './new-account.ts'
import { registrationTokenField, type SpendToken, spendOrRefuse } from './registration-token.ts'
import { readAcceptance, termsField } from './terms.ts'
import { type UpstreamPageDeps, usedUp } from './upstream-routes.ts'
import { openOwnVisit, openVisit, type SignedIn, type Visit } from './visit.ts'
import { signedInAs } from './who.ts'

export interface UpstreamLinkDeps extends UpstreamPageDeps {
  readonly accounts: Accounts
  readonly clock: Clock
  readonly limiter: RateLimiter
  readonly passwordsEnabled: boolean
  readonly registrationLimit: RateLimit
  readonly spendRegistrationToken: SpendToken
  /** Undefined: nothing is to be accepted. */
  readonly terms: Terms | undefined
}

interface Came {
  readonly id: string
  readonly provider: UpstreamProvider
  readonly identity: UpstreamIdentity
  readonly continuation: Continuation
}

interface Wanted {
  readonly username: string
  readonly displayName: string
  readonly isEmailImported: boolean
  readonly token: string
  readonly terms: string
}

class LinkTaken extends Error {}

const MAX_NAME = 256

/** For whoever came from a provider and has no account yet, or has one and wants to link it. */
export function upstreamLinkRoutes(deps: UpstreamLinkDeps): Route[] {
  const { upstream, database, homeserver } = deps
  const pages = contract.pages.upstream

  async function find(visit: Visit, id: string): Promise<Came> {
    const came = await upstream.signIns.find(id, visit.csrf)
    const provider = came && upstream.find(came.providerId)
    if (!came || !provider) throw usedUp()
    return { ...came, provider }
  }

  const showLink = (visit: Visit, signedIn: SignedIn, { id, provider, identity, continuation }: Came): Reply =>
    visit.show({
      title: `Link ${nameOfProvider(provider)}?`,
      body: html`<p>From then on, <strong>${identity.accountName ?? identity.subject}</strong> of ${nameOfProvider(provider)} signs in to this account:</p>
${signedInAs(visit, signedIn, { kind: 'link_upstream', id })}
<form method="post" action="/upstream/link/${id}">${csrfField(visit.csrf)}
<button type="submit" name="action" value="link">Link</button></form>
<p><a href="${continueAt(continuation)}">No, go on without</a></p>`,
    })

  const showRegister = (visit: Visit, { id, provider, identity }: Came, wanted: Wanted, problem?: string): Reply => {
    const rules = provider.claims
    const isNameFixed = identity.localpart !== undefined && rules.localpart.action !== 'suggest'
    return visit.show({
      title: 'Create an account',
      status: problem === undefined ? 200 : 400,
      body: html`${problem === undefined ? undefined : notice('error', problem)}
<p>You come from ${nameOfProvider(provider)}${identity.accountName === undefined ? undefined : html` as <strong>${identity.accountName}</strong>`}, and have no account here yet.</p>
<form method="post" action="/upstream/link/${id}">${csrfField(visit.csrf)}
<input type="hidden" name="action" value="register">
${
  isNameFixed
    ? html`<p>Your account will be <strong>@${identity.localpart}:${visit.serverName}</strong>.</p>`
    : textField({
        name: 'username',
        label: 'User name',
        value: wanted.username,
        autocomplete: 'username',
        hint: `Small letters, digits and . _ = - / + are allowed. The account will be called @name:${visit.serverName}.`,
        isFocused: true,
      })
}
${
  identity.displayName !== undefined &&
  rules.displayName.action === 'suggest' &&
  textField({ name: 'display_name', label: 'Name that others see', value: wanted.displayName, isRequired: false, autocomplete: 'name' })
}
${
  identity.email !== undefined &&
  (rules.email.action === 'suggest'
    ? checkbox('import_email', `Add my e-mail address ${identity.email}`, { isChecked: wanted.isEmailImported })
    : html`<p>Your e-mail address <strong>${identity.email}</strong> is added to it.</p>`)
}
${provider.isRegistrationTokenRequired && registrationTokenField(wanted.token)}
${deps.terms && termsField(deps.terms, wanted.terms)}
<button type="submit">Create account</button></form>
<p>You have an account here? <a href="${withContinuation('/login', { kind: 'link_upstream', id })}">Sign in and link it</a></p>`,
    })
  }

  /** @returns what went wrong, for the person */
  async function register(visit: Visit, came: Came, wanted: Wanted): Promise<string | undefined> {
    const { provider, identity } = came
    const { claims } = provider
    const isNameFixed = identity.localpart !== undefined && claims.localpart.action !== 'suggest'
    const checked = await checkLocalpart(homeserver, isNameFixed ? identity.localpart : wanted.username)
    if ('problem' in checked) return checked.problem
    const displayName = claims.displayName.action === 'suggest' ? wanted.displayName.trim() : (identity.displayName ?? '')
    if (displayName.length > MAX_NAME || displayName.includes('\0')) return `The name may have ${MAX_NAME} characters at most.`
    const acceptance = readAcceptance(deps.terms, wanted.terms)
    if ('problem' in acceptance) return acceptance.problem
    const email = claims.email.action === 'suggest' && !wanted.isEmailImported ? undefined : identity.email
    try {
      await database.transaction(async (tx) => {
        if (!(await upstream.signIns.spend(tx, came.id))) throw usedUp()
        if (provider.isRegistrationTokenRequired) await spendOrRefuse(deps.spendRegistrationToken, tx, wanted.token)
        const userId = await homeserver.createUser(tx, {
          localpart: checked.localpart,
          ...(displayName === '' ? {} : { displayName }),
        })
        await deps.accounts.create(tx, { userId, passwordHash: undefined })
        if (acceptance.accepted) await recordAcceptedTerms(tx, userId, acceptance.accepted)
        if (email !== undefined) {
          await homeserver.addThreepid(tx, userId, { medium: 'email', address: email, validatedAtMs: deps.clock.nowMs() })
        }
        await link(tx, came, userId)
        const browserSessionId = await visit.signIn(tx, userId)
        await recordLogin(tx, { browserSessionId, providerId: provider.id, identity })
      })
      return undefined
    } catch (error) {
      if (error instanceof MatrixError) return error.message
      throw error instanceof LinkTaken ? linkTaken() : error
    }
  }

  async function link(tx: Parameters<typeof upstream.links.add>[0], { provider, identity }: Came, userId: SignedIn['user']['userId']) {
    const added = await upstream.links.add(tx, {
      userId,
      providerId: provider.id,
      subject: identity.subject,
      humanAccountName: identity.accountName ?? null,
    })
    if (!added) throw new LinkTaken()
  }

  return [
    route(pages.showUpstreamLink, async ({ params, request }) => {
      const visit = await openVisit(deps, request)
      const came = await find(visit, params.id)
      if (visit.signedIn) return showLink(visit, visit.signedIn, came)
      const { localpart = '', displayName = '' } = came.identity
      return showRegister(visit, came, { username: localpart, displayName, isEmailImported: true, token: '', terms: '' })
    }),

    route(pages.submitUpstreamLink, async ({ params, body, request }) => {
      const visit = await openVisit(deps, request)
      visit.checkCsrf(body.csrf)
      const came = await find(visit, params.id)
      const { signedIn } = visit
      if (body.action === 'link' && signedIn) {
        await database
          .transaction(async (tx) => {
            if (!(await upstream.signIns.spend(tx, came.id))) throw usedUp()
            await link(tx, came, signedIn.user.userId)
          })
          .catch((error) => {
            throw error instanceof LinkTaken ? linkTaken() : error
          })
        return visit.redirect(continueAt(came.continuation))
      }
      // signed in or out meanwhile: shown anew
      if (body.action !== 'register' || signedIn) return visit.redirect(`/upstream/link/${came.id}`)
      const wanted = {
        username: body.username ?? '',
        displayName: body.display_name ?? '',
        isEmailImported: body.import_email !== undefined,
        token: body.token ?? '',
        terms: body.terms ?? '',
      }
      const isTooOften = deps.limiter.tryTake(`registration from ${request.ip}`, deps.registrationLimit) > 0
      const problem = isTooOften ? 'Too many new accounts from your address. Wait a while.' : await register(visit, came, wanted)
      return problem === undefined ? visit.redirect(continueAt(came.continuation)) : showRegister(visit, came, wanted, problem)
    }),

    route(pages.removeUpstreamLink, async ({ params, body, request }) =>
      openOwnVisit(deps, request, { continuation: { kind: 'manage_account' }, form: body }, async (visit, { user }) => {
        const links = await upstream.links.list(database.read, user.userId)
        const mine = links.find(({ id }) => id === params.id)
        if (!mine) throw new PageError(404, 'No such link', 'It is not yours, or it is gone.')
        const hasPassword = (await deps.accounts.find(database.read, user.userId))?.passwordHash !== undefined
        if (links.length === 1 && !(hasPassword && deps.passwordsEnabled)) {
          throw new PageError(
            409,
            'Not possible',
            'Without this link you could not sign in any more. Set a password or make another link first.',
          )
        }
        await database.transaction((tx) => upstream.links.remove(tx, mine))
        return visit.redirect('/account/')
      }),
    ),
  ]
}

function linkTaken(): PageError {
  return new PageError(409, 'Linked already', 'Who you are at the provider was linked to another account meanwhile.')
}
