import { contract, MatrixError, PageError } from '@glia/contract'
import { type RateLimit, type RateLimiter, type Reply, type Route, route } from '@glia/http'
import type { Accounts } from '../accounts/index.ts'
import { html } from '../html.ts'
import type { PasswordHasher } from '../passwords/index.ts'
import { type Continuation, continueAt, withContinuation } from './continuation.ts'
import { csrfField, notice, textField } from './layout.ts'
import { checkNewAccount, newAccountFields } from './new-account.ts'
import { openVisit, type Visit, type VisitDeps } from './visit.ts'

export interface RegisterPageDeps extends VisitDeps {
  readonly accounts: Accounts
  readonly passwords: PasswordHasher
  readonly limiter: RateLimiter
  readonly registration: {
    readonly isEnabled: boolean
    readonly limit: RateLimit
    /** Undefined: no token is asked for. Takes one use of the token, in the transaction that makes the account; false: it is not usable. */
    readonly spendToken: SpendToken | undefined
  }
}

export type SpendToken = (tx: Parameters<Parameters<VisitDeps['database']['transaction']>[0]>[0], token: string) => Promise<boolean>

class UnusableToken extends Error {}

export function registerPageRoutes(deps: RegisterPageDeps): Route[] {
  const { registration } = deps

  const show = (visit: Visit, continuation: Continuation, view: { username: string; token: string; problem?: string }): Reply =>
    visit.show({
      title: 'Create an account',
      status: view.problem === undefined ? 200 : 400,
      body: html`${view.problem === undefined ? undefined : notice('error', view.problem)}
<form method="post" action="${withContinuation('/register', continuation)}">${csrfField(visit.csrf)}
${newAccountFields(view.username, visit.serverName)}
${
  registration.spendToken &&
  textField({
    name: 'token',
    label: 'Registration token',
    value: view.token,
    autocomplete: 'off',
    hint: 'You get it from whoever runs this server.',
  })
}
<button type="submit">Create account</button>
</form>
<p>You have an account? <a href="${withContinuation('/login', continuation)}">Sign in</a></p>`,
    })

  const refuseIfClosed = () => {
    if (!registration.isEnabled)
      throw new PageError(403, 'Registration is closed', 'New accounts on this server are made by its administrators.')
  }

  return [
    route(contract.pages.signIn.showRegister, async ({ query, request }) => {
      refuseIfClosed()
      const visit = await openVisit(deps, request)
      return visit.signedIn ? visit.redirect(continueAt(query)) : show(visit, query, { username: '', token: '' })
    }),
    route(contract.pages.signIn.submitRegister, async ({ query, body, request }) => {
      refuseIfClosed()
      const visit = await openVisit(deps, request)
      visit.checkCsrf(body.csrf)
      const view = { username: body.username ?? '', token: body.token ?? '' }
      const checked = await checkNewAccount(deps.homeserver, body)
      if ('problem' in checked) return show(visit, query, { ...view, problem: checked.problem })
      if (deps.limiter.tryTake(`registration from ${request.ip}`, registration.limit) > 0) {
        return show(visit, query, { ...view, problem: 'Too many new accounts from your address. Wait a while.' })
      }
      const passwordHash = await deps.passwords.hash(checked.password)
      try {
        await deps.database.transaction(async (tx) => {
          if (registration.spendToken && !(await registration.spendToken(tx, view.token))) throw new UnusableToken()
          const userId = await deps.homeserver.createUser(tx, { localpart: checked.localpart })
          await deps.accounts.create(tx, { userId, passwordHash })
          await visit.signIn(tx, userId)
        })
      } catch (error) {
        if (error instanceof UnusableToken) return show(visit, query, { ...view, problem: 'The registration token is not valid.' })
        if (error instanceof MatrixError) return show(visit, query, { ...view, problem: error.message })
        throw error
      }
      return visit.redirect(continueAt(query))
    }),
  ]
}
