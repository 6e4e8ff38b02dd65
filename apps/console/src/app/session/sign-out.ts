import { createClient } from '@glia/client'
import type { Session } from './session.ts'

/**
 * Ends the session's token on the server. A pasted token is left alone: it belongs to whatever it was made for.
 * @throws when the server cannot be asked; the token may still be good then
 */
export async function endOnServer(session: Session): Promise<void> {
  if (session.origin === 'pasted') return
  const { oauth } = session
  if (oauth?.revocationEndpoint !== undefined) {
    const token = session.refreshToken ?? session.accessToken
    const hint = session.refreshToken === undefined ? 'access_token' : 'refresh_token'
    const response = await fetch(oauth.revocationEndpoint, {
      method: 'POST',
      body: new URLSearchParams({ token, token_type_hint: hint, client_id: oauth.clientId }),
    })
    if (!response.ok) throw new Error(`The server answered with status ${response.status}.`)
    return
  }
  await createClient({ baseUrl: session.baseUrl, token: session.accessToken }).client.login.logout()
}
