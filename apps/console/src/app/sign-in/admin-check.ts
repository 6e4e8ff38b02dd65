import { ApiError, createClient } from '@glia/client'
import type { Session } from '../session/session.ts'
import { endOnServer } from '../session/sign-out.ts'

/** The account exists and its token works, but it may not use the Admin API. */
export class NotAdminError extends Error {
  override readonly name = 'NotAdminError'
  readonly userId: string

  constructor(userId: string) {
    super(`${userId} is not a server admin.`)
    this.userId = userId
  }
}

/**
 * Completes a session with its user, after asking the server whether the token opens the Admin API. One that does not is ended at once.
 * @throws NotAdminError, ApiError, ConnectionError
 */
export async function adminSession(tokens: Omit<Session, 'userId'>): Promise<Session> {
  const client = createClient({ baseUrl: tokens.baseUrl, token: tokens.accessToken })
  const { user_id: userId } = await client.client.account.whoami()
  const session = { ...tokens, userId }
  try {
    // answered to every admin, with delegated authentication too, and without any rows
    await client.admin.rooms.listRooms({ query: { from: 0, limit: 0, order_by: 'name', dir: 'f' } })
    return session
  } catch (error) {
    await endOnServer(session).catch(() => {})
    if (error instanceof ApiError && error.status === 403) throw new NotAdminError(userId)
    throw error
  }
}
