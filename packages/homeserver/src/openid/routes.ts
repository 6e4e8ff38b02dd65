import { contract, MatrixError } from '@glia/contract'
import { type Route, route } from '@glia/http'
import type { ServerName } from '@glia/protocol'
import { requireOwn } from '../own-user.ts'
import type { OpenId } from './openid.ts'

export function openIdRoutes(deps: { openId: OpenId; serverName: ServerName }): Route[] {
  const { openId, serverName } = deps
  const endpoints = contract.client.openid
  return [
    route(endpoints.requestToken, async ({ params, requester }) => {
      const userId = requireOwn(requester, params.userId, 'Cannot request tokens for other users.')
      const { token, expiresInSeconds } = await openId.issue(userId)
      return { access_token: token, token_type: 'Bearer', matrix_server_name: serverName, expires_in: expiresInSeconds }
    }),
    route(endpoints.getUserinfo, async ({ query }) => {
      if (query.access_token === undefined) throw new MatrixError('M_MISSING_TOKEN', 'Access Token required')
      const userId = await openId.userOf(query.access_token)
      if (userId === undefined) throw new MatrixError('M_UNKNOWN_TOKEN', 'Access Token unknown or expired')
      return { sub: userId }
    }),
  ]
}
