import { RefusedError } from '../errors.ts'
import { requestJson } from '../http.ts'
import type { StoredSession } from '../session/session-file.ts'

/** Ends a session at its server; one that has ended already is fine. @throws CliError when the server does not do it */
export async function logOut(session: StoredSession): Promise<void> {
  const { oauth, server, accessToken, refreshToken } = session
  if (!oauth) {
    const { status, ok, body } = await requestJson(`${server}/_matrix/client/v3/logout`, { method: 'POST', token: accessToken, json: {} })
    if (!ok && body.errcode !== 'M_UNKNOWN_TOKEN') throw new RefusedError('Logout', status, body)
    return
  }
  if (oauth.revocationEndpoint === undefined) return
  const { status, ok, body } = await requestJson(oauth.revocationEndpoint, {
    form: {
      token: refreshToken ?? accessToken,
      token_type_hint: refreshToken ? 'refresh_token' : 'access_token',
      client_id: oauth.clientId,
    },
  })
  if (!ok) throw new RefusedError('Logout', status, body)
}
