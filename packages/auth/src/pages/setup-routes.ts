import { contract, MatrixError, PageError } from '@glia/contract'
import { type Reply, type Route, route } from '@glia/http'
import { html } from '../html.ts'
import type { PasswordHasher } from '../passwords/index.ts'
import type { SetupLinks } from '../setup/index.ts'
import { csrfField, notice } from './layout.ts'
import { checkNewAccount, newAccountFields } from './new-account.ts'
import { openVisit, type Visit, type VisitDeps } from './visit.ts'

export interface SetupRoutesDeps extends VisitDeps {
  readonly passwords: PasswordHasher
  readonly setupLinks: SetupLinks
}

export function setupRoutes(deps: SetupRoutesDeps): Route[] {
  const show = (visit: Visit, token: string, view: { username: string; problem?: string }): Reply =>
    visit.show({
      title: 'Make the first administrator',
      status: view.problem === undefined ? 200 : 400,
      body: html`<p>This account will administer ${visit.serverName}. The page works once.</p>
${view.problem === undefined ? undefined : notice('error', view.problem)}
<form method="post" action="/setup">${csrfField(visit.csrf)}
<input type="hidden" name="token" value="${token}">
${newAccountFields(view.username, visit.serverName)}
<button type="submit">Create administrator</button>
</form>`,
    })

  return [
    route(contract.pages.signIn.showSetup, async ({ query, request }) => {
      const token = query.token ?? ''
      if (!(await deps.setupLinks.isValid(token))) throw notValid()
      return show(await openVisit(deps, request), token, { username: '' })
    }),
    route(contract.pages.signIn.submitSetup, async ({ body, request }) => {
      const visit = await openVisit(deps, request)
      visit.checkCsrf(body.csrf)
      const token = body.token ?? ''
      if (!(await deps.setupLinks.isValid(token))) throw notValid()
      const username = body.username ?? ''
      const checked = await checkNewAccount(deps.homeserver, body)
      if ('problem' in checked) return show(visit, token, { username, problem: checked.problem })
      const passwordHash = await deps.passwords.hash(checked.password)
      try {
        const made = await deps.setupLinks.makeFirstAdmin(token, { localpart: checked.localpart, passwordHash }, async (tx, userId) => {
          await visit.signIn(tx, userId)
          return userId
        })
        if (made === undefined) throw notValid()
        return visit.show({
          title: 'Done',
          body: html`${notice('done', `${made} is the administrator of ${visit.serverName}.`)}
${deps.hasHomeserver && html`<p><a href="/admin/">Open the console</a></p>`}<p><a href="/account/">Look at your account</a></p>`,
        })
      } catch (error) {
        if (error instanceof MatrixError) return show(visit, token, { username, problem: error.message })
        throw error
      }
    }),
  ]
}

function notValid(): PageError {
  return new PageError(
    403,
    'This link does not work any more',
    'A set-up link works once, for a day, and only while the server has no administrator. Starting the server prints a new one if there is need.',
  )
}
