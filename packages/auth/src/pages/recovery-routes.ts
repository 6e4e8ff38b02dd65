import { contract, PageError } from '@glia/contract'
import { type Reply, type Route, route } from '@glia/http'
import { canonicalEmail } from '../email/index.ts'
import { html } from '../html.ts'
import type { Recovery } from '../recovery/index.ts'
import { TOO_MANY_MESSAGES } from './code-form.ts'
import { csrfField, notice, textField } from './layout.ts'
import { isTooMuchMail, type MailLimitDeps } from './mail-limit.ts'
import { refuseWithoutPasswords } from './password-routes.ts'
import { problemOfPassword } from './password-rule.ts'
import { newPasswordFields, type SetPasswordDeps, setPassword } from './set-password.ts'
import { openVisit, type Visit } from './visit.ts'

export interface RecoveryPageDeps extends SetPasswordDeps, MailLimitDeps {
  /** Undefined: the server sends no e-mail. */
  readonly recovery: Recovery | undefined
  readonly passwordsEnabled: boolean
}

/** For those who forgot their password. Nobody learns here which addresses have an account. */
export function recoveryRoutes(deps: RecoveryPageDeps): Route[] {
  const pages = contract.pages.recovery

  const recoveryOf = (): Recovery => {
    refuseWithoutPasswords(deps)
    if (!deps.recovery)
      throw new PageError(404, 'Not possible here', 'This server sends no e-mail. Ask an administrator for a new password.')
    return deps.recovery
  }

  const showForm = (visit: Visit, view: { email: string; problem?: string; status?: number }): Reply =>
    visit.show({
      title: 'Forgotten password',
      status: view.status ?? 200,
      body: html`${view.problem === undefined ? undefined : notice('error', view.problem)}
<p>Give the e-mail address of your account: you get a link to set a new password.</p>
<form method="post" action="/recover">${csrfField(visit.csrf)}
${textField({ name: 'email', label: 'E-mail address', type: 'email', value: view.email, autocomplete: 'email', isFocused: true })}
<button type="submit">Send the link</button></form>
<p><a href="/login">Back to signing in</a></p>`,
    })

  const showNewPassword = (visit: Visit, ticket: string, userId: string, problem?: string): Reply =>
    visit.show({
      title: 'Set a new password',
      status: problem === undefined ? 200 : 400,
      body: html`${problem === undefined ? undefined : notice('error', problem)}
<p>For the account <strong>${userId}</strong>.</p>
<form method="post" action="/account/password/recovery">${csrfField(visit.csrf)}
<input type="hidden" name="ticket" value="${ticket}">
${newPasswordFields()}
<button type="submit">Set password</button></form>`,
    })

  /** @throws PageError when the link does not work, or the account cannot be used */
  async function findUsable(recovery: Recovery, ticket: string) {
    const userId = await recovery.find(ticket)
    const user = userId && (await deps.homeserver.findUser(userId))
    if (!user || user.isDeactivated) throw tooOld()
    if (user.isLocked) throw new PageError(403, 'This account is locked', 'Ask an administrator of this server.')
    return user
  }

  return [
    route(pages.showRecovery, async ({ request }) => {
      recoveryOf()
      return showForm(await openVisit(deps, request), { email: '' })
    }),
    route(pages.submitRecovery, async ({ body, request }) => {
      const recovery = recoveryOf()
      const visit = await openVisit(deps, request)
      visit.checkCsrf(body.csrf)
      const email = body.email ?? ''
      const address = canonicalEmail(email)
      if (address === undefined) return showForm(visit, { email, problem: 'That is no e-mail address.', status: 400 })
      if (isTooMuchMail(deps, request.ip, address)) return showForm(visit, { email, problem: TOO_MANY_MESSAGES, status: 429 })
      await recovery.request(address)
      return visit.show({
        title: 'Look into your mail',
        body: html`${notice('done', html`If an account has the address <strong>${address}</strong>, a link to set a new password is on its way.`)}
<p>It works for ten minutes. Nothing there? Look at the junk mail, or <a href="/recover">try again</a>.</p>`,
      })
    }),
    route(pages.showNewPassword, async ({ query, request }) => {
      const ticket = query.ticket ?? ''
      const { userId } = await findUsable(recoveryOf(), ticket)
      return showNewPassword(await openVisit(deps, request), ticket, userId)
    }),
    route(pages.submitNewPassword, async ({ body, request }) => {
      const recovery = recoveryOf()
      const visit = await openVisit(deps, request)
      visit.checkCsrf(body.csrf)
      const ticket = body.ticket ?? ''
      const { userId } = await findUsable(recovery, ticket)
      const password = body.new_password ?? ''
      const problem = problemOfPassword(password, body.new_password_confirm)
      if (problem !== undefined) return showNewPassword(visit, ticket, userId, problem)
      const passwordHash = await deps.passwords.hash(password)
      await deps.database.transaction(async (tx) => {
        if ((await recovery.spend(tx, ticket)) !== userId) throw tooOld()
        await setPassword(tx, deps, { userId, passwordHash, endsSessions: body.end_sessions === 'yes', keptBrowserId: undefined })
      })
      return visit.show({
        title: 'Password set',
        body: html`${notice('done', 'Your new password counts from now on.')}<p><a href="/login">Sign in</a></p>`,
      })
    }),
  ]
}

function tooOld(): PageError {
  return new PageError(
    410,
    'This link does not work any more',
    'It works once, for ten minutes. Ask for another one on the page “Forgotten password”.',
  )
}
