import { contract } from '@glia/contract'
import { type Reply, type Route, route } from '@glia/http'
import { html } from '../html.ts'
import { checkbox, csrfField, notice, textField } from './layout.ts'
import { hasOwnPassword, type OwnPasswordDeps, problemOfOwnPassword } from './own-password.ts'
import { openOwnVisit, type SignedIn, type Visit } from './visit.ts'

const continuation = { kind: 'manage_account', action: 'org.matrix.account_deactivate' }

/** Ending the own account. */
export function deactivationRoutes(deps: OwnPasswordDeps): Route[] {
  const { accountSettings } = contract.pages

  const show = async (visit: Visit, { user }: SignedIn, problem?: string): Promise<Reply> =>
    visit.show({
      title: 'End your account?',
      status: problem === undefined ? 200 : 400,
      body: html`${problem === undefined ? undefined : notice('error', problem)}
${notice(
  'warning',
  html`<p><strong>This cannot be undone.</strong></p>
<p>${user.userId} is signed out everywhere and leaves all its rooms. Nobody can ever have this name again, not even you.</p>`,
)}
<form method="post" action="/account/deactivate">${csrfField(visit.csrf)}
${
  (await hasOwnPassword(deps, user.userId)) &&
  textField({ name: 'password', label: 'Current password', type: 'password', autocomplete: 'current-password' })
}
${checkbox('erase', 'Also erase: my profile goes, and my messages are hidden from whoever joins later')}
${checkbox('confirm', 'I want to end my account for good', { isRequired: true })}
<div class="actions"><button class="danger" type="submit">End my account</button></div></form>
<p><a href="/account/">No, go to my account</a></p>`,
    })

  return [
    route(accountSettings.showDeactivation, async ({ request }) => openOwnVisit(deps, request, { continuation }, show)),
    route(accountSettings.submitDeactivation, async ({ body, request }) =>
      openOwnVisit(deps, request, { continuation, form: body }, async (visit, signedIn) => {
        const { userId } = signedIn.user
        if (body.confirm !== 'yes') return show(visit, signedIn, 'Tick the box to say that you mean it.')
        const problem = await problemOfOwnPassword(deps, userId, body.password ?? '')
        if (problem !== undefined) return show(visit, signedIn, problem)
        await deps.homeserver.deactivateUser(userId, { erase: body.erase === 'yes' })
        await visit.signOut()
        return visit.show({ title: 'Your account has ended', body: notice('done', `${userId} is signed out everywhere.`) })
      }),
    ),
  ]
}
