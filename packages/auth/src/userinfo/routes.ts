import { contract, OAuthError } from '@glia/contract'
import { type RequestInfo, type Route, route } from '@glia/http'
import { type IntrospectionDeps, introspectToken } from '../introspection/index.ts'

/** Errors are those of RFC 6750; MAS answers 400 where there is no token. */
export function userinfoRoutes(deps: IntrospectionDeps): Route[] {
  const answer = async (request: RequestInfo) => {
    const token = /^Bearer (\S+)$/i.exec(String(request.headers.authorization ?? ''))?.[1]
    if (token === undefined) throw refusal('invalid_request', 'There is no access token', 401)
    const active = await introspectToken(deps, token, 'access_token')
    if (!active) throw refusal('invalid_token', 'The access token is unknown or expired', 401)
    if (!active.scopes.includes('openid') || active.subject === undefined || active.username === undefined) {
      throw refusal('insufficient_scope', 'The access token has not the scope openid', 403)
    }
    return { sub: active.subject, username: active.username }
  }
  return [
    route(contract.oauth.userinfo.getUserinfo, ({ request }) => answer(request)),
    route(contract.oauth.userinfo.postUserinfo, ({ request }) => answer(request)),
  ]
}

function refusal(code: 'invalid_request' | 'invalid_token' | 'insufficient_scope', message: string, status: number): OAuthError {
  return new OAuthError(code, message, { status, headers: { 'www-authenticate': `Bearer error="${code}"` } })
}
