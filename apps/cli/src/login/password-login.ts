import { CliError } from '../errors.ts'
import { mustGetJson, textMember } from '../http.ts'
import { tokensIn } from '../session/access-token.ts'
import type { StoredSession } from '../session/session-file.ts'

/** @throws CliError for a homeserver that does not take passwords */
export async function refuseWithoutPasswords(homeserver: string): Promise<void> {
  const { flows } = await mustGetJson('Ways to log in', `${homeserver}/_matrix/client/v3/login`)
  const types = Array.isArray(flows) ? flows.map((flow: { type?: unknown }) => String(flow?.type)) : []
  if (types.includes('m.login.password')) return
  throw new CliError(`${homeserver} does not take passwords (it offers ${types.join(', ') || 'nothing'})`, {
    hints: ['Make a token there and give it with --token or GLIA_TOKEN'],
  })
}

/** Opens a session by the legacy login (Client-Server API, "Login"). @throws RefusedError */
export async function logInWithPassword(homeserver: string, user: string, password: string, nowMs: number): Promise<StoredSession> {
  const answer = await mustGetJson('Login', `${homeserver}/_matrix/client/v3/login`, {
    json: {
      type: 'm.login.password',
      identifier: { type: 'm.id.user', user },
      password,
      initial_device_display_name: 'Glia command line',
      refresh_token: true,
    },
  })
  return {
    server: homeserver,
    userId: textMember('Login', answer, 'user_id'),
    ...tokensIn(answer, undefined, nowMs),
    oauth: undefined,
  }
}
