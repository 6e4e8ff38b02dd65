import { readFileSync } from 'node:fs'
import { contract, MatrixError, PageError } from '@glia/contract'
import { Reply, type RequestInfo, type Route, route } from '@glia/http'
import { Html, html } from '../html.ts'
import { TERMS_STAGE } from '../interactive-auth/index.ts'
import type { RegistrationStages } from '../legacy-login/index.ts'
import type { Terms } from '../terms/index.ts'
import { csrfField, notice } from './layout.ts'
import { readAcceptance, termsField } from './terms.ts'
import { openVisit, type VisitDeps } from './visit.ts'

export interface AuthFallbackDeps extends VisitDeps {
  /** Undefined: nothing is to be accepted. */
  readonly terms: Terms | undefined
  readonly registrationStages: RegistrationStages
}

/** Stages of interactive authentication that are done on the page of the account. */
const CONFIRMED_ON_ACCOUNT_PAGE = new Set(['m.oauth', 'org.matrix.cross_signing_reset'])

/** For clients that do not know a stage of interactive authentication (Client-Server API, "Fallback"). */
export function authFallbackRoutes(deps: AuthFallbackDeps): Route[] {
  const { terms, registrationStages } = deps
  const pages = contract.pages.authFallback
  const script = new Html(readFileSync(new URL('./auth-fallback.script.js', import.meta.url), 'utf8'))

  async function show(known: Terms, session: string, request: RequestInfo, sent: string, problem?: string): Promise<Reply> {
    await inSession(registrationStages.find(session))
    const visit = await openVisit(deps, request)
    return visit.show({
      title: 'Terms of this server',
      status: problem === undefined ? 200 : 400,
      body: html`${problem === undefined ? undefined : notice('error', problem)}
<form method="post" action="/_matrix/client/v3/auth/${TERMS_STAGE}/fallback/web">${csrfField(visit.csrf)}
<input type="hidden" name="session" value="${session}">
${termsField(known, sent)}
<button type="submit">Accept</button></form>`,
    })
  }

  return [
    route(pages.showAuthFallback, async ({ params, query, request }) => {
      if (terms && params.auth_type === TERMS_STAGE) return show(terms, query.session ?? '', request, '')
      if (CONFIRMED_ON_ACCOUNT_PAGE.has(params.auth_type)) return Reply.redirect('/account/?action=org.matrix.cross_signing_reset')
      throw noSuchPage()
    }),

    route(pages.submitAuthFallback, async ({ params, body, request }) => {
      const visit = await openVisit(deps, request)
      visit.checkCsrf(body.csrf)
      if (!terms || params.auth_type !== TERMS_STAGE) throw noSuchPage()
      const session = body.session ?? ''
      const acceptance = readAcceptance(terms, body.terms ?? '')
      if ('problem' in acceptance) return show(terms, session, request, body.terms ?? '', acceptance.problem)
      await inSession(registrationStages.complete(TERMS_STAGE, session, { ip: request.ip, userAgent: request.userAgent }))
      return visit.show({
        title: 'Accepted',
        script,
        body: html`${notice('done', 'You have accepted the terms.')}<p>Go back to your client and go on there. You can close this page.</p>`,
      })
    }),
  ]
}

async function inSession(work: Promise<void>): Promise<void> {
  try {
    await work
  } catch (error) {
    if (!(error instanceof MatrixError)) throw error
    throw new PageError(404, 'Nothing to confirm', 'It took too long, or was done already. Start again in your client.')
  }
}

function noSuchPage(): PageError {
  return new PageError(404, 'No such page', 'There is no page for this way to confirm.')
}
