import { contract, PageError } from '@glia/contract'
import { type Reply, type Route, route } from '@glia/http'
import { html } from '../html.ts'
import { csrfField, notice, textField } from './layout.ts'
import { hasOwnPassword, type OwnPasswordDeps, problemOfOwnPassword } from './own-password.ts'
import { problemOfPassword } from './password-rule.ts'
import { newPasswordFields, type SetPasswordDeps, setPassword } from './set-password.ts'
import { openOwnVisit, type SignedIn, type Visit } from './visit.ts'

export type PasswordPageDeps = OwnPasswordDeps & SetPasswordDeps

/** Changing the own password. */
export function passwordPageRoutes(deps: PasswordPageDeps): Route[] {
  const { accountSettings } = contract.pages
  const continuation = { kind: 'change_password' }

  const show = async (visit: Visit, { user }: SignedIn, problem?: string): Promise<Reply> =>
    visit.show({
      title: 'Change your password',
      status: problem === undefined ? 200 : 400,
      body: html`${problem === undefined ? undefined : notice('error', problem)}
<form method="post" action="/account/password/change">${csrfField(visit.csrf)}
${
  (await hasOwnPassword(deps, user.userId)) &&
  textField({ name: 'current_password', label: 'Current password', type: 'password', autocomplete: 'current-password', isFocused: true })
}
${newPasswordFields()}
<button type="submit">Change password</button></form>
<p><a href="/account/">Back to your account</a></p>`,
    })

  return [
    route(accountSettings.showPasswordChange, async ({ request }) => {
      refuseWithoutPasswords(deps)
      return openOwnVisit(deps, request, { continuation }, show)
    }),
    route(accountSettings.submitPasswordChange, async ({ body, request }) => {
      refuseWithoutPasswords(deps)
      return openOwnVisit(deps, request, { continuation, form: body }, async (visit, signedIn) => {
        const { userId } = signedIn.user
        const password = body.new_password ?? ''
        const problem =
          problemOfPassword(password, body.new_password_confirm) ?? (await problemOfOwnPassword(deps, userId, body.current_password ?? ''))
        if (problem !== undefined) return show(visit, signedIn, problem)
        const passwordHash = await deps.passwords.hash(password)
        const endsSessions = body.end_sessions === 'yes'
        await deps.database.transaction((tx) =>
          setPassword(tx, deps, { userId, passwordHash, endsSessions, keptBrowserId: signedIn.session.id }),
        )
        return visit.show({
          title: 'Password changed',
          body: html`${notice('done', 'Your new password counts from now on.')}<p><a href="/account/">Back to your account</a></p>`,
        })
      })
    }),
  ]
}

export function refuseWithoutPasswords(deps: { passwordsEnabled: boolean }): void {
  if (!deps.passwordsEnabled) throw new PageError(404, 'No passwords here', 'This server has signing in with a password switched off.')
}
