import pg from 'pg'

const CHANNEL = 'glia'
const RECONNECT_MS = 1000
const KEEP_ALIVE_MS = 30_000

/**
 * What processes on one database tell each other, by PostgreSQL's NOTIFY. May be lost while the connection is broken; it is made again by
 * itself.
 */
export class PostgresAnnouncements {
  readonly #config: pg.ClientConfig
  readonly #onError: (error: Error) => void
  readonly #listeners = new Set<(text: string) => void>()
  #client: pg.Client | undefined
  #retry: NodeJS.Timeout | undefined
  #connecting: Promise<void> | undefined
  #isClosed = false

  constructor(config: pg.ClientConfig, onError: (error: Error) => void) {
    this.#config = config
    this.#onError = onError
  }

  /** @returns once it is listening, or has begun to try again */
  async listen(listener: (text: string) => void): Promise<void> {
    this.#listeners.add(listener)
    this.#connecting ??= this.#connect()
    await this.#connecting
  }

  async #connect(): Promise<void> {
    // says nothing by itself for long: a connection that is dead must not go unnoticed
    const client = new pg.Client({ ...this.#config, keepAlive: true, keepAliveInitialDelayMillis: KEEP_ALIVE_MS })
    client.on('error', (error) => this.#lost(client, error))
    client.on('end', () => this.#lost(client, undefined))
    client.on('notification', ({ payload }) => {
      for (const listener of this.#listeners) listener(payload ?? '')
    })
    this.#client = client
    try {
      await client.connect()
      await client.query(`LISTEN ${CHANNEL}`)
    } catch (error) {
      this.#lost(client, error as Error)
    }
  }

  #lost(client: pg.Client, error: Error | undefined): void {
    if (this.#isClosed || client !== this.#client) return
    this.#client = undefined
    if (error) this.#onError(error)
    client.end().catch(() => {})
    this.#retry = setTimeout(() => {
      this.#connecting = this.#connect()
    }, RECONNECT_MS)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#retry)
    await this.#connecting
    await this.#client?.end()
  }
}

export const announcementChannel = CHANNEL
