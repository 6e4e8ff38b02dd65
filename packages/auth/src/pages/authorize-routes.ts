import { contract } from '@glia/contract'
import { Reply, type Route, route } from '@glia/http'
import type { Clock } from '@glia/platform'
import { startAuthorization } from '../authorization-code/index.ts'
import { html } from '../html.ts'
import { notice } from './layout.ts'
import { openVisit, type VisitDeps } from './visit.ts'

export interface AuthorizeRoutesDeps extends VisitDeps {
  readonly clock: Clock
}

/** Where clients send the browser. */
export function authorizeRoutes(deps: AuthorizeRoutesDeps): Route[] {
  return [
    route(contract.oauth.authorization.authorize, async ({ query, request }) => {
      const started = await startAuthorization({ ...deps, database: deps.database.as() }, query)
      if (started.kind === 'grant') return Reply.redirect(`/consent/${started.grant.id}${started.isSignUp ? '?prompt=create' : ''}`)
      const { client, message, location, isSilent } = started
      // anybody can register a client: without a person in between, this would be an open redirector (RFC 9700 section 4.11.2)
      if (client.isStatic || isSilent) return Reply.redirect(location)
      const visit = await openVisit(deps, request)
      const { host, protocol } = new URL(location)
      return visit.show({
        title: 'This does not work',
        status: 400,
        body: html`${notice('error', `The client ${client.clientName ?? client.id} asked for something that this server does not do: ${message}`)}
<p><a class="button second" href="${location}">Back to the client at ${host === '' ? protocol : host}</a></p>`,
      })
    }),
  ]
}
