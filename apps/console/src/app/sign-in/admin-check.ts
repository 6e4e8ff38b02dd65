import { ApiError, createClient } from '@glia/client'
import { findPowers } from '../session/powers.ts'
import type { Session } from '../session/session.ts'
import { endOnServer } from '../session/sign-out.ts'

/** The account exists and its token works, but it has neither the Admin API nor a role. */
export class NotAdminError extends Error {
  override readonly name = 'NotAdminError'
  readonly userId: string

  constructor(userId: string) {
    super(`${userId} is neither a server admin nor a helper.`)
    this.userId = userId
  }
}

/**
 * Completes a session with its user, after asking the server whether the token opens the Admin API, all of it or what a role may. One that does not is ended at once.
 * @throws NotAdminError, ApiError, ConnectionError
 */
export async function adminSession(tokens: Omit<Session, 'userId'>): Promise<Session> {
  const client = createClient({ baseUrl: tokens.baseUrl, token: tokens.accessToken })
  const { user_id: userId } = await client.client.account.whoami()
  const session = { ...tokens, userId }
  try {
    await findPowers(client)
    return session
  } catch (error) {
    await endOnServer(session).catch(() => {})
    if (error instanceof ApiError && error.status === 403) throw new NotAdminError(userId)
    throw error
  }
}
