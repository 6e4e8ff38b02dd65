import { contract, MatrixError, PageError } from '@glia/contract'
import { type Reply, type Route, route } from '@glia/http'
import type { Clock } from '@glia/platform'
import { canonicalEmail } from '../email/index.ts'
import type { EmailCodes } from '../email-codes/index.ts'
import { type AddressRules, isAllowedAddress } from '../email-validation/index.ts'
import { type Html, html } from '../html.ts'
import { showCodeForm, TOO_MANY_MESSAGES, WRONG_CODE } from './code-form.ts'
import { csrfField, notice, textField } from './layout.ts'
import { isTooMuchMail, type MailLimitDeps } from './mail-limit.ts'
import { hasOwnPassword, type OwnPasswordDeps, problemOfOwnPassword } from './own-password.ts'
import { openOwnVisit, type SignedIn, type Visit } from './visit.ts'

export interface EmailsPageDeps extends OwnPasswordDeps, MailLimitDeps {
  /** Undefined: the server sends no e-mail. */
  readonly emailCodes: EmailCodes | undefined
  readonly emailChangesEnabled: boolean
  readonly addressRules: AddressRules
  readonly clock: Clock
}

const PURPOSE = 'account'
const continuation = { kind: 'manage_account' }

/** The e-mail addresses of the own account: added with a code, taken away with the password. */
export function emailsRoutes(deps: EmailsPageDeps): Route[] {
  const { accountSettings } = contract.pages

  async function show(visit: Visit, { user }: SignedIn, problem?: string): Promise<Reply> {
    const asksPassword = await hasOwnPassword(deps, user.userId)
    const passwordField = (id: string) =>
      asksPassword &&
      html`<div class="field"><label for="${id}">Current password</label>
<input id="${id}" name="password" type="password" autocomplete="current-password" required></div>`
    const emails = (await deps.homeserver.listThreepids(user.userId)).filter(({ medium }) => medium === 'email')
    const item = ({ address }: { address: string }, index: number): Html => html`<li><div class="about"><strong>${address}</strong></div>
${
  deps.emailChangesEnabled &&
  html`<details><summary>Remove</summary><form method="post" action="/account/emails/remove">${csrfField(visit.csrf)}
<input type="hidden" name="email" value="${address}">${passwordField(`password-${index}`)}
<button class="danger" type="submit" aria-label="Remove ${address}">Remove</button></form></details>`
}</li>`
    const canAdd = deps.emailChangesEnabled && deps.emailCodes
    return visit.show({
      title: 'Your e-mail addresses',
      isWide: true,
      status: problem === undefined ? 200 : 400,
      body: html`${problem === undefined ? undefined : notice('error', problem)}
${emails.length === 0 ? html`<p>None.</p>` : html`<ul class="sessions">${emails.map(item)}</ul>`}
${
  canAdd &&
  html`<h2>Add an address</h2>
<form method="post" action="/account/emails">${csrfField(visit.csrf)}
${textField({ name: 'email', label: 'E-mail address', type: 'email', autocomplete: 'email' })}
${passwordField('password')}
<button type="submit">Send a code to it</button></form>`
}
<p><a href="/account/">Back to your account</a></p>`,
    })
  }

  const codesOf = (): EmailCodes => {
    if (!deps.emailCodes || !deps.emailChangesEnabled)
      throw new PageError(404, 'Not possible here', 'Addresses cannot be added on this server.')
    return deps.emailCodes
  }
  const findCode = async (id: string, { user }: SignedIn) => {
    const code = await codesOf().find(PURPOSE, id, user.userId)
    if (!code)
      throw new PageError(404, 'Nothing to confirm', 'It took too long, or was done already. Start again on the page of your account.')
    return code
  }

  return [
    route(accountSettings.showEmails, async ({ request }) => openOwnVisit(deps, request, { continuation }, show)),

    route(accountSettings.addEmail, async ({ body, request }) => {
      const codes = codesOf()
      return openOwnVisit(deps, request, { continuation, form: body }, async (visit, signedIn) => {
        const address = canonicalEmail(body.email ?? '')
        if (address === undefined) return show(visit, signedIn, 'That is no e-mail address.')
        if (!isAllowedAddress(deps.addressRules, address)) return show(visit, signedIn, 'This address is not allowed on this server.')
        const problem = await problemOfOwnPassword(deps, signedIn.user.userId, body.password ?? '')
        if (problem !== undefined) return show(visit, signedIn, problem)
        if (isTooMuchMail(deps, request.ip, address)) return show(visit, signedIn, TOO_MANY_MESSAGES)
        const id = await codes.start({ purpose: PURPOSE, owner: signedIn.user.userId, address, payload: {} })
        return visit.redirect(`/account/emails/verify/${id}`)
      })
    }),

    route(accountSettings.removeEmail, async ({ body, request }) =>
      openOwnVisit(deps, request, { continuation, form: body }, async (visit, signedIn) => {
        const { userId } = signedIn.user
        if (!deps.emailChangesEnabled) throw new PageError(404, 'Not possible here', 'Addresses cannot be removed on this server.')
        const problem = await problemOfOwnPassword(deps, userId, body.password ?? '')
        if (problem !== undefined) return show(visit, signedIn, problem)
        const address = canonicalEmail(body.email ?? '')
        if (address !== undefined) {
          await deps.database.transaction((tx) => deps.homeserver.removeThreepid(tx, userId, { medium: 'email', address }))
        }
        return visit.redirect('/account/emails')
      }),
    ),

    route(accountSettings.showEmailCode, async ({ params, request }) =>
      openOwnVisit(deps, request, { continuation }, async (visit, signedIn) => {
        const { address } = await findCode(params.id, signedIn)
        return showCodeForm(visit, { action: `/account/emails/verify/${params.id}`, address })
      }),
    ),

    route(accountSettings.submitEmailCode, async ({ params, body, request }) =>
      openOwnVisit(deps, request, { continuation, form: body }, async (visit, signedIn) => {
        const codes = codesOf()
        const { id, address } = await findCode(params.id, signedIn)
        const form = { action: `/account/emails/verify/${id}`, address }
        if (body.action === 'resend') {
          const isSent = !isTooMuchMail(deps, request.ip, address) && (await codes.resend(id))
          return showCodeForm(visit, isSent ? { ...form, isSentAgain: true } : { ...form, problem: TOO_MANY_MESSAGES })
        }
        if (!(await codes.isRight(id, body.code ?? ''))) return showCodeForm(visit, { ...form, problem: WRONG_CODE })
        const threepid = { medium: 'email', address, validatedAtMs: deps.clock.nowMs() }
        try {
          await deps.database.transaction(async (tx) => {
            if (await codes.spend(tx, id)) await deps.homeserver.addThreepid(tx, signedIn.user.userId, threepid)
          })
        } catch (error) {
          if (error instanceof MatrixError) return show(visit, signedIn, 'This address belongs to another account.')
          throw error
        }
        return visit.redirect('/account/emails')
      }),
    ),
  ]
}
