import { ApiError } from '@glia/client'
import type { RenewedTokens, Session } from './session.ts'
import { requestTokens } from './token-endpoint.ts'

/** The server does not take the refresh token any more: the session is over. */
export class SessionOverError extends Error {
  override readonly name = 'SessionOverError'
}

/**
 * Trades the refresh token for new tokens (RFC 6749 section 6).
 * @throws SessionOverError when there is none or it is refused; ApiError, ConnectionError for what may pass
 */
export async function renewTokens({ refreshToken, oauth }: Session): Promise<RenewedTokens> {
  if (refreshToken === undefined || oauth === undefined) throw new SessionOverError('This session cannot be renewed.')
  try {
    const {
      accessToken,
      refreshToken: next,
      expiresAtMs,
    } = await requestTokens(oauth.tokenEndpoint, {
      grant_type: 'refresh_token',
      client_id: oauth.clientId,
      refresh_token: refreshToken,
    })
    return { accessToken, refreshToken: next, expiresAtMs }
  } catch (error) {
    const isRefused = error instanceof ApiError && error.status >= 400 && error.status < 500 && error.status !== 429
    if (isRefused) throw new SessionOverError(error.message, { cause: error })
    throw error
  }
}
