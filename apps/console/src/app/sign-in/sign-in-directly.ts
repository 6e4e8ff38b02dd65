import { createClient } from '@glia/client'
import type { Session } from '../session/session.ts'
import { adminSession } from './admin-check.ts'

/** The user's name, or user id, in full. */
export interface PasswordCredentials {
  readonly user: string
  readonly password: string
}

/**
 * Signs in with the legacy `m.login.password`.
 * Renewable tokens are asked for only where tabs can take turns at renewing them (Web Locks, secure contexts).
 */
export async function signInByPassword(baseUrl: string, credentials: PasswordCredentials): Promise<Session> {
  const answer = await createClient({ baseUrl }).client.login.login({
    body: {
      type: 'm.login.password',
      identifier: { type: 'm.id.user', user: credentials.user.trim() },
      password: credentials.password,
      initial_device_display_name: 'Glia console',
      refresh_token: window.isSecureContext,
    },
  })
  return adminSession({
    baseUrl,
    origin: 'password',
    accessToken: answer.access_token,
    refreshToken: answer.refresh_token,
    expiresAtMs: answer.expires_in_ms === undefined ? undefined : Date.now() + answer.expires_in_ms,
    oauth: undefined,
  })
}

/** Takes a token that was made elsewhere. */
export function signInByToken(baseUrl: string, token: string): Promise<Session> {
  return adminSession({
    baseUrl,
    origin: 'pasted',
    accessToken: token.trim(),
    refreshToken: undefined,
    expiresAtMs: undefined,
    oauth: undefined,
  })
}
