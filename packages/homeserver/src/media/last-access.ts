import type { Database } from '@glia/database'
import type { Clock } from '@glia/platform'
import type { HomeserverSchema } from '../schema.ts'

const FLUSH_EVERY_MS = 60_000
const ROWS_PER_TRANSACTION = 200

/** When media was last looked at, written about once a minute: a download must not cost a write. */
export class LastAccess {
  readonly #database: Database<HomeserverSchema>
  readonly #clock: Clock
  #pending = new Map<string, number>()
  #cancelTimer: (() => void) | undefined

  constructor(database: Database<HomeserverSchema>, clock: Clock) {
    this.#database = database
    this.#clock = clock
  }

  note(mediaId: string): void {
    this.#pending.set(mediaId, this.#clock.nowMs())
    this.#cancelTimer ??= this.#clock.after(FLUSH_EVERY_MS, () => {
      this.#cancelTimer = undefined
      // what cannot be written now is only a time of access
      this.flush().catch(() => {})
    })
  }

  /** Writes what is pending. Called before deletion by age and when the server stops. */
  async flush(): Promise<void> {
    const pending = [...this.#pending]
    this.#pending = new Map()
    for (let start = 0; start < pending.length; start += ROWS_PER_TRANSACTION) {
      await this.#database.transaction(async (tx) => {
        for (const [mediaId, at] of pending.slice(start, start + ROWS_PER_TRANSACTION))
          await tx.db.updateTable('local_media').set({ last_access_ms: at }).where('media_id', '=', mediaId).execute()
      })
    }
  }

  stop(): Promise<void> {
    this.#cancelTimer?.()
    return this.flush()
  }
}
