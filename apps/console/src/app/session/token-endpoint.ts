import { ApiError, ConnectionError } from '@glia/client'
import type { RenewedTokens } from './session.ts'

export interface TokenAnswer extends RenewedTokens {
  readonly idToken: string | undefined
}

/**
 * One request to an authorization server's token endpoint (RFC 6749 section 3.2) as a public client.
 * @throws ApiError, ConnectionError
 */
export async function requestTokens(endpoint: string, parameters: Record<string, string>): Promise<TokenAnswer> {
  let response: Response
  try {
    response = await fetch(endpoint, {
      method: 'POST',
      headers: { accept: 'application/json' },
      body: new URLSearchParams(parameters),
    })
  } catch (error) {
    throw new ConnectionError(endpoint, error)
  }
  const body = (await response.json().catch(() => undefined)) as Record<string, unknown> | undefined
  const accessToken = body?.access_token
  if (!response.ok || typeof accessToken !== 'string') throw new ApiError('oauth.token.exchange', response.status, body)
  const { refresh_token: refreshToken, expires_in: expiresInSeconds, id_token: idToken } = body ?? {}
  return {
    accessToken,
    refreshToken: typeof refreshToken === 'string' ? refreshToken : undefined,
    expiresAtMs: typeof expiresInSeconds === 'number' ? Date.now() + expiresInSeconds * 1000 : undefined,
    idToken: typeof idToken === 'string' ? idToken : undefined,
  }
}
