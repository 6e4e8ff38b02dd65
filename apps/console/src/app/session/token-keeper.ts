import { renewTokens, SessionOverError } from './renew-tokens.ts'
import type { RenewedTokens, Session } from './session.ts'
import type { SessionStore } from './session-store.ts'

/** Tokens are renewed this long before they expire. */
const EARLY_MS = 60_000

/** The part of the Web Locks API that is used; undefined on pages without a secure context. */
export type Locks = Pick<LockManager, 'request'> | undefined

/**
 * Hands out an access token that is still good, and renews it before it expires. A refresh token may be used once, so only one renewal runs
 * at a time: in this tab by sharing the promise, between tabs by a lock, and whoever waited takes what the other one got.
 */
export class TokenKeeper {
  readonly #store: SessionStore
  readonly #locks: Locks
  readonly #renew: (session: Session) => Promise<RenewedTokens>
  readonly #nowMs: () => number
  #renewal: Promise<string | undefined> | undefined

  constructor(store: SessionStore, options: { locks: Locks; renew?: (session: Session) => Promise<RenewedTokens>; nowMs?: () => number }) {
    this.#store = store
    this.#locks = options.locks
    this.#renew = options.renew ?? renewTokens
    this.#nowMs = options.nowMs ?? Date.now
  }

  /** The token for the next request; undefined when the session is over. */
  async token(): Promise<string | undefined> {
    const session = this.#store.current
    if (!session || !this.#isDue(session)) return session?.accessToken
    return this.renewed(session.accessToken)
  }

  /** A token other than `refused`, which the server did not take or will not take much longer. Undefined: there is none. */
  renewed(refused: string): Promise<string | undefined> {
    this.#renewal ??= this.#underLock(() => this.#renewUnlessDone(refused)).finally(() => {
      this.#renewal = undefined
    })
    return this.#renewal
  }

  #isDue({ refreshToken, expiresAtMs }: Session): boolean {
    return refreshToken !== undefined && expiresAtMs !== undefined && expiresAtMs - EARLY_MS <= this.#nowMs()
  }

  async #renewUnlessDone(refused: string): Promise<string | undefined> {
    const session = this.#store.reload()
    if (!session || session.accessToken !== refused) return session?.accessToken
    if (session.refreshToken === undefined) return undefined
    try {
      const tokens = await this.#renew(session)
      this.#store.set({ ...session, ...tokens, refreshToken: tokens.refreshToken ?? session.refreshToken })
      return tokens.accessToken
    } catch (error) {
      if (!(error instanceof SessionOverError)) throw error
      this.#store.end('expired')
      return undefined
    }
  }

  async #underLock<T>(work: () => Promise<T>): Promise<T> {
    return this.#locks ? this.#locks.request('glia.renew-tokens', work) : work()
  }
}
