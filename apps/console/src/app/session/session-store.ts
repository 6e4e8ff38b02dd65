import type { Session } from './session.ts'

const KEY = 'glia.session'

/** Why there is no session any more; the sign-in page says it. */
export type EndReason = 'signed-out' | 'expired'

/**
 * The session in `localStorage`, not `sessionStorage`: a link opened in a second tab must find it, and refresh tokens are good for one use,
 * so that all tabs have to share one copy. What guards it: no script but our own runs on these pages (CSP), and signing out ends the token.
 */
export class SessionStore {
  readonly #storage: Storage
  readonly #listeners = new Set<() => void>()
  #current: Session | undefined
  #endReason: EndReason | undefined

  constructor(storage: Storage, window: Pick<Window, 'addEventListener'>) {
    this.#storage = storage
    this.#current = parsed(storage.getItem(KEY))
    window.addEventListener('storage', (event) => {
      if (event.key === KEY || event.key === null) this.reload()
    })
  }

  get current(): Session | undefined {
    return this.#current
  }

  get endReason(): EndReason | undefined {
    return this.#endReason
  }

  /** Reads what another tab wrote. */
  reload(): Session | undefined {
    const stored = this.#storage.getItem(KEY)
    if (stored !== (this.#current ? JSON.stringify(this.#current) : null)) this.#change(parsed(stored), undefined)
    return this.#current
  }

  set(session: Session): void {
    this.#storage.setItem(KEY, JSON.stringify(session))
    this.#change(session, undefined)
  }

  end(reason: EndReason): void {
    if (this.#current === undefined) return
    this.#storage.removeItem(KEY)
    this.#change(undefined, reason)
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #change(session: Session | undefined, reason: EndReason | undefined): void {
    this.#current = session
    this.#endReason = reason
    for (const listener of this.#listeners) listener()
  }
}

function parsed(text: string | null): Session | undefined {
  if (text === null) return undefined
  try {
    const value = JSON.parse(text) as Partial<Session>
    const isSession = [value.baseUrl, value.userId, value.accessToken, value.origin].every((part) => typeof part === 'string')
    return isSession ? (value as Session) : undefined
  } catch {
    return undefined
  }
}
