import type { Clock } from '@glia/platform'
import { CliError } from '../errors.ts'
import { requestJson, textMember } from '../http.ts'
import { withFileLock } from './file-lock.ts'
import { lockFileOf, readSession, type StoredSession, writeSession } from './session-file.ts'

/** A token is renewed this long before its end, so that it is still good when it is used. */
const MARGIN_MS = 60_000

/**
 * Gives valid access tokens of a profile's session, renewing it where needed. Of many processes at once one renews, and the others
 * take its result: a refresh token works once.
 */
export class AccessTokens {
  readonly #file: string
  readonly #clock: Clock
  #renewing: Promise<StoredSession> | undefined

  constructor(file: string, clock: Clock) {
    this.#file = file
    this.#clock = clock
  }

  /**
   * @param refused a token that the server has just refused: it is not given again
   * @throws CliError when nobody is logged in, or the session has ended
   */
  async current(refused?: string): Promise<StoredSession> {
    const session = await this.#read()
    if (this.#isGood(session, refused)) return session
    if (session.refreshToken === undefined) throw sessionEnded(session)
    this.#renewing ??= withFileLock(lockFileOf(this.#file), async () => {
      const newest = await this.#read()
      return this.#isGood(newest, refused) ? newest : this.#renew(newest)
    }).finally(() => {
      this.#renewing = undefined
    })
    return this.#renewing
  }

  async #read(): Promise<StoredSession> {
    const session = await readSession(this.#file)
    if (!session) throw new CliError('nobody is logged in', { hints: ['Log in first: glia login URL'] })
    return session
  }

  #isGood(session: StoredSession, refused: string | undefined): boolean {
    if (session.accessToken === refused) return false
    return session.expiresAtMs === undefined || session.expiresAtMs - this.#clock.nowMs() > MARGIN_MS
  }

  async #renew(session: StoredSession): Promise<StoredSession> {
    const refreshToken = session.refreshToken
    if (refreshToken === undefined) throw sessionEnded(session)
    const { oauth, server } = session
    const answer = oauth
      ? await requestJson(oauth.tokenEndpoint, {
          form: { grant_type: 'refresh_token', refresh_token: refreshToken, client_id: oauth.clientId },
        })
      : await requestJson(`${server}/_matrix/client/v3/refresh`, { json: { refresh_token: refreshToken } })
    if (answer.status >= 500 || answer.status === 429) {
      throw new CliError(`the session cannot be renewed now: ${server} answers with HTTP status ${answer.status}`)
    }
    if (!answer.ok) throw sessionEnded(session)
    const renewed = { ...session, ...tokensIn(answer.body, refreshToken, this.#clock.nowMs()) }
    await writeSession(this.#file, renewed)
    return renewed
  }
}

/** The tokens of an OAuth token answer (`expires_in`, seconds) or of a legacy one (`expires_in_ms`). */
export function tokensIn(
  body: Record<string, unknown>,
  oldRefreshToken: string | undefined,
  nowMs: number,
): Pick<StoredSession, 'accessToken' | 'refreshToken' | 'expiresAtMs'> {
  const { refresh_token: refreshToken, expires_in: seconds, expires_in_ms: milliseconds } = body
  const lifetimeMs = typeof seconds === 'number' ? seconds * 1000 : typeof milliseconds === 'number' ? milliseconds : undefined
  return {
    accessToken: textMember('Token', body, 'access_token'),
    refreshToken: typeof refreshToken === 'string' ? refreshToken : oldRefreshToken,
    expiresAtMs: lifetimeMs === undefined ? undefined : nowMs + lifetimeMs,
  }
}

function sessionEnded({ server }: StoredSession): CliError {
  return new CliError(`the session at ${server} has ended`, { hints: [`Log in again: glia login ${server}`] })
}
