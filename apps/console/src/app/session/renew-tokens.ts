import { ApiError, createClient } from '@glia/client'
import type { RenewedTokens, Session } from './session.ts'
import { requestTokens } from './token-endpoint.ts'

/** The server does not take the refresh token any more: the session is over. */
export class SessionOverError extends Error {
  override readonly name = 'SessionOverError'
}

/**
 * Trades the refresh token for new tokens, at the authorization server or, after signing in by password, at the homeserver.
 * @throws SessionOverError when the refresh token is refused; other errors may pass
 */
export async function renewTokens(session: Session): Promise<RenewedTokens> {
  const { refreshToken, oauth } = session
  if (refreshToken === undefined) throw new SessionOverError('There is no refresh token.')
  try {
    if (oauth) {
      return await requestTokens(oauth.tokenEndpoint, {
        grant_type: 'refresh_token',
        client_id: oauth.clientId,
        refresh_token: refreshToken,
      })
    }
    const answer = await createClient({ baseUrl: session.baseUrl }).client.login.refresh({ body: { refresh_token: refreshToken } })
    return {
      accessToken: answer.access_token,
      refreshToken: answer.refresh_token ?? refreshToken,
      expiresAtMs: answer.expires_in_ms === undefined ? undefined : Date.now() + answer.expires_in_ms,
    }
  } catch (error) {
    if (error instanceof ApiError && error.status >= 400 && error.status < 500 && error.status !== 429) {
      throw new SessionOverError(error.message, { cause: error })
    }
    throw error
  }
}
