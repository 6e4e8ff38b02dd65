import { createClient } from '@glia/client'
import type { Session } from '../session/session.ts'
import { adminSession } from './admin-check.ts'

/** The user's name, or user id, in full. */
export interface PasswordCredentials {
  readonly user: string
  readonly password: string
}

/**
 * Signs in with the legacy `m.login.password`. The token is one that lasts until signing out: it can be copied from "Help & About" and would
 * be of little use there if it ended within minutes.
 */
export async function signInByPassword(baseUrl: string, credentials: PasswordCredentials): Promise<Session> {
  const answer = await createClient({ baseUrl }).client.login.login({
    body: {
      type: 'm.login.password',
      identifier: { type: 'm.id.user', user: credentials.user.trim() },
      password: credentials.password,
      initial_device_display_name: 'Glia console',
      refresh_token: false,
    },
  })
  return adminSession({
    baseUrl,
    origin: 'password',
    accessToken: answer.access_token,
    refreshToken: undefined,
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
