import { contract, MatrixError, PageError } from '@glia/contract'
import { type RateLimit, type Reply, type Route, route } from '@glia/http'
import type { Clock } from '@glia/platform'
import type { Accounts } from '../accounts/index.ts'
import { canonicalEmail } from '../email/index.ts'
import type { EmailCodes } from '../email-codes/index.ts'
import { type AddressRules, isAllowedAddress } from '../email-validation/index.ts'
import { html } from '../html.ts'
import type { PasswordHasher } from '../passwords/index.ts'
import { type AcceptedTerms, recordAcceptedTerms, type Terms } from '../terms/index.ts'
import { hashToken } from '../tokens/index.ts'
import { showCodeForm, TOO_MANY_MESSAGES, WRONG_CODE } from './code-form.ts'
import { type Continuation, continueAt, withContinuation } from './continuation.ts'
import { csrfField, notice, textField } from './layout.ts'
import { isTooMuchMail, type MailLimitDeps } from './mail-limit.ts'
import { checkNewAccount, newAccountFields } from './new-account.ts'
import { registrationTokenField, type SpendToken, spendOrRefuse } from './registration-token.ts'
import { readAcceptance, termsField } from './terms.ts'
import { openVisit, type Visit, type VisitDeps } from './visit.ts'

export interface RegisterPageDeps extends VisitDeps, MailLimitDeps {
  readonly accounts: Accounts
  readonly passwords: PasswordHasher
  readonly clock: Clock
  /** Undefined: the server sends no e-mail. */
  readonly emailCodes: EmailCodes | undefined
  readonly addressRules: AddressRules
  /** Undefined: nothing is to be accepted. */
  readonly terms: Terms | undefined
  readonly registration: {
    readonly isEnabled: boolean
    readonly isEmailRequired: boolean
    readonly limit: RateLimit
    /** Undefined: no token is asked for. Takes one use of the token, in the transaction that makes the account; false: it is not usable. */
    readonly spendToken: SpendToken | undefined
  }
}

/** An account that is to be made. Kept while its address is being confirmed. */
interface PendingAccount {
  readonly localpart: string
  readonly passwordHash: string
  readonly token: string
  readonly accepted?: AcceptedTerms | undefined
}

interface RegisterView {
  readonly username: string
  readonly token: string
  readonly email: string
  readonly terms: string
  readonly problem?: string
}

const PURPOSE = 'register'
const BLANK: RegisterView = { username: '', token: '', email: '', terms: '' }

export function registerPageRoutes(deps: RegisterPageDeps): Route[] {
  const { registration, emailCodes } = deps

  const show = (visit: Visit, continuation: Continuation, view: RegisterView): Reply =>
    visit.show({
      title: 'Create an account',
      status: view.problem === undefined ? 200 : 400,
      body: html`${view.problem === undefined ? undefined : notice('error', view.problem)}
<form method="post" action="${withContinuation('/register', continuation)}">${csrfField(visit.csrf)}
${newAccountFields(view.username, visit.serverName)}
${
  emailCodes &&
  textField({
    name: 'email',
    label: registration.isEmailRequired ? 'E-mail address' : 'E-mail address (if you like)',
    type: 'email',
    value: view.email,
    isRequired: registration.isEmailRequired,
    autocomplete: 'email',
    hint: 'You get a code there. With it you can set a new password when you forgot yours.',
  })
}
${registration.spendToken && registrationTokenField(view.token)}
${deps.terms && termsField(deps.terms, view.terms)}
<button type="submit">Create account</button>
</form>
<p>You have an account? <a href="${withContinuation('/login', continuation)}">Sign in</a></p>`,
    })

  const refuseIfClosed = () => {
    if (!registration.isEnabled)
      throw new PageError(403, 'Registration is closed', 'New accounts on this server are made by its administrators.')
  }

  /** Makes the account and signs the browser in, all or nothing. @returns what went wrong, for the person */
  async function create(visit: Visit, account: PendingAccount, confirmed?: { id: string; address: string }): Promise<string | undefined> {
    try {
      await deps.database.transaction(async (tx) => {
        if (confirmed && !(await emailCodes?.spend(tx, confirmed.id))) throw nothingToConfirm()
        if (registration.spendToken) await spendOrRefuse(registration.spendToken, tx, account.token)
        const userId = await deps.homeserver.createUser(tx, { localpart: account.localpart })
        await deps.accounts.create(tx, { userId, passwordHash: account.passwordHash })
        if (account.accepted) await recordAcceptedTerms(tx, userId, account.accepted)
        if (confirmed) {
          const threepid = { medium: 'email', address: confirmed.address, validatedAtMs: deps.clock.nowMs() }
          await deps.homeserver.addThreepid(tx, userId, threepid)
        }
        await visit.signIn(tx, userId)
      })
      return undefined
    } catch (error) {
      if (error instanceof MatrixError) return error.message
      throw error
    }
  }

  /** The address as it was typed, checked; undefined: none. */
  function readAddress(typed: string): { address: string | undefined } | { problem: string } {
    if (!emailCodes || (typed.trim() === '' && !registration.isEmailRequired)) return { address: undefined }
    const address = canonicalEmail(typed)
    if (address === undefined) return { problem: 'That is no e-mail address.' }
    return isAllowedAddress(deps.addressRules, address) ? { address } : { problem: 'This address is not allowed on this server.' }
  }

  const stepPath = (id: string, continuation: Continuation) => withContinuation(`/register/steps/${id}/verify-email`, continuation)
  const findPending = async (visit: Visit, id: string) => {
    const pending = await emailCodes?.find<PendingAccount>(PURPOSE, id, hashToken(visit.csrf))
    if (!emailCodes || !pending) throw nothingToConfirm()
    return { codes: emailCodes, pending }
  }

  const { signIn } = contract.pages
  return [
    route(signIn.showRegister, async ({ query, request }) => {
      refuseIfClosed()
      const visit = await openVisit(deps, request)
      return visit.signedIn ? visit.redirect(continueAt(query)) : show(visit, query, BLANK)
    }),

    route(signIn.submitRegister, async ({ query, body, request }) => {
      refuseIfClosed()
      const visit = await openVisit(deps, request)
      visit.checkCsrf(body.csrf)
      const view = { username: body.username ?? '', token: body.token ?? '', email: body.email ?? '', terms: body.terms ?? '' }
      const refuse = (problem: string) => show(visit, query, { ...view, problem })
      const checked = await checkNewAccount(deps.homeserver, body)
      if ('problem' in checked) return refuse(checked.problem)
      const email = readAddress(view.email)
      if ('problem' in email) return refuse(email.problem)
      const acceptance = readAcceptance(deps.terms, view.terms)
      if ('problem' in acceptance) return refuse(acceptance.problem)
      if (deps.limiter.tryTake(`registration from ${request.ip}`, registration.limit) > 0) {
        return refuse('Too many new accounts from your address. Wait a while.')
      }
      const account = {
        localpart: checked.localpart,
        passwordHash: await deps.passwords.hash(checked.password),
        token: view.token,
        accepted: acceptance.accepted,
      }
      if (email.address !== undefined && emailCodes) {
        const { address } = email
        if (isTooMuchMail(deps, request.ip, address)) return refuse(TOO_MANY_MESSAGES)
        const id = await emailCodes.start({ purpose: PURPOSE, owner: hashToken(visit.csrf), address, payload: account })
        return visit.redirect(stepPath(id, query))
      }
      const problem = await create(visit, account)
      return problem === undefined ? visit.redirect(continueAt(query)) : refuse(problem)
    }),

    route(signIn.showRegisterCode, async ({ params, query, request }) => {
      const visit = await openVisit(deps, request)
      const { pending } = await findPending(visit, params.id)
      return showCodeForm(visit, { action: stepPath(pending.id, query), address: pending.address })
    }),

    route(signIn.submitRegisterCode, async ({ params, query, body, request }) => {
      refuseIfClosed()
      const visit = await openVisit(deps, request)
      visit.checkCsrf(body.csrf)
      const { codes, pending } = await findPending(visit, params.id)
      const { id, address, payload } = pending
      const form = { action: stepPath(id, query), address }
      if (body.action === 'resend') {
        const isSent = !isTooMuchMail(deps, request.ip, address) && (await codes.resend(id))
        return showCodeForm(visit, isSent ? { ...form, isSentAgain: true } : { ...form, problem: TOO_MANY_MESSAGES })
      }
      if (!(await codes.isRight(id, body.code ?? ''))) return showCodeForm(visit, { ...form, problem: WRONG_CODE })
      const problem = await create(visit, payload, { id, address })
      if (problem === undefined) return visit.redirect(continueAt(query))
      return show(visit, query, { username: payload.localpart, token: payload.token, email: address, terms: '', problem })
    }),
  ]
}

function nothingToConfirm(): PageError {
  return new PageError(404, 'Nothing to confirm', 'It took too long, was done already, or was begun in another browser. Start again.')
}
