import { contract, PageError } from '@glia/contract'
import { type Reply, type RequestInfo, type Route, route } from '@glia/http'
import { type EmailValidations, purposeOfPath, type ValidationPurpose } from '../email-validation/index.ts'
import { html } from '../html.ts'
import { notice } from './layout.ts'
import { openVisit, type VisitDeps } from './visit.ts'

export interface EmailLinkDeps extends VisitDeps {
  /** Undefined: the server sends no e-mail. */
  readonly emailValidations: EmailValidations | undefined
}

interface LinkFields {
  readonly sid?: string
  readonly client_secret?: string
  readonly token?: string
}

/**
 * Where the links lead that clients have sent by e-mail. Before a password is reset, the page asks: mail programs look at links by
 * themselves. Whoever has the token may confirm, so the form needs no other proof.
 */
export function emailLinkRoutes(deps: EmailLinkDeps): Route[] {
  const endpoints = contract.pages.email

  const claimOf = (fields: LinkFields) => ({
    sid: fields.sid ?? '',
    clientSecret: fields.client_secret ?? '',
    token: fields.token ?? '',
  })

  const validationsFor = (path: string): { validations: EmailValidations; purpose: ValidationPurpose } => {
    const purpose = purposeOfPath(path)
    if (!deps.emailValidations || !purpose) throw new PageError(404, 'No such page', 'There is nothing at this address.')
    return { validations: deps.emailValidations, purpose }
  }

  async function confirm(path: string, fields: LinkFields, request: RequestInfo): Promise<Reply> {
    const { validations, purpose } = validationsFor(path)
    const confirmed = await validations.confirm(purpose, claimOf(fields))
    if (!confirmed) throw tooOld()
    const visit = await openVisit(deps, request)
    if (confirmed.nextLink !== undefined) {
      const next = new URL(confirmed.nextLink)
      next.searchParams.append('sid', confirmed.sid)
      return visit.redirect(next.href)
    }
    return visit.show({
      title: 'Confirmed',
      body: html`${notice('done', `${confirmed.address} is confirmed.`)}<p>Go back to your client and go on there. You can close this page.</p>`,
    })
  }

  return [
    route(endpoints.openEmailLink, async ({ params, query, request }) => {
      const { validations, purpose } = validationsFor(params.purpose)
      if (purpose !== 'reset') return confirm(params.purpose, query, request)
      const claim = claimOf(query)
      const validation = await validations.look(purpose, claim)
      if (!validation) throw tooOld()
      const visit = await openVisit(deps, request)
      return visit.show({
        title: 'Set a new password?',
        // the browser holds a redirect after the form to the CSP, too
        ...(validation.nextLink === undefined ? {} : { formTarget: new URL(validation.nextLink).origin }),
        body: html`<p>Somebody wants to set a new password for the account of <strong>${validation.address}</strong>.</p>
${notice('warning', 'Only go on if that was you, just now.')}
<form method="post" action="/_matrix/client/unstable/${params.purpose}/email/submit_token">
<input type="hidden" name="sid" value="${claim.sid}">
<input type="hidden" name="client_secret" value="${claim.clientSecret}">
<input type="hidden" name="token" value="${claim.token}">
<button type="submit">Go on with the reset</button></form>
<p>If it was not you, close this page: your password stays as it is.</p>`,
      })
    }),
    route(endpoints.confirmEmailLink, async ({ params, body, request }) => confirm(params.purpose, body, request)),
  ]
}

function tooOld(): PageError {
  return new PageError(
    400,
    'This link does not work',
    'It is too old or was not copied whole. Nothing was changed. Ask for a new one in your client.',
  )
}
