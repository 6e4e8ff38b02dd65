import { contract } from '@glia/contract'
import { Reply, type Route, route } from '@glia/http'
import { type StartAuthorizationDeps, startAuthorization } from './start-authorization.ts'

export function authorizationCodeRoutes(deps: StartAuthorizationDeps): Route[] {
  return [
    route(contract.oauth.authorization.authorize, async ({ query }) => {
      const started = await startAuthorization(deps, query)
      if (started.kind === 'refused') return Reply.redirect(started.location)
      return Reply.redirect(`/consent/${started.grant.id}${started.isSignUp ? '?prompt=create' : ''}`)
    }),
  ]
}
