import type { Database } from '@glia/database'
import { LruCache } from '@glia/platform'
import type { DeviceId, UserId } from '@glia/protocol'
import type { RecentChanges } from '../changes/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import { deleteUpTo, messagesFor } from '../to-device/index.ts'

const MAX_DEVICES = 20_000

/** Deletes messages to devices that came back with the token of the answer that held them. Mostly there are none, and it knows. */
export class ToldMessages {
  readonly #database: Database<HomeserverSchema>
  readonly #changes: RecentChanges
  /** By device: the position up to which there are no messages any more. */
  readonly #deleted = new LruCache<string, number>(MAX_DEVICES)

  constructor({ database, changes }: { database: Database<HomeserverSchema>; changes: RecentChanges }) {
    this.#database = database
    this.#changes = changes
  }

  async delete(userId: UserId, deviceId: DeviceId, upTo: number): Promise<void> {
    const device = `${userId} ${deviceId}`
    const deleted = this.#deleted.get(device)
    if (deleted !== undefined && upTo <= deleted) return
    if (deleted === undefined || this.#changes.between(deleted, upTo)?.ofUser(userId) !== false) {
      const told = await messagesFor(this.#database.read, userId, deviceId, 0, upTo, 1)
      if (told.length > 0) await this.#database.transaction((tx) => deleteUpTo(tx, userId, deviceId, upTo))
    }
    this.#deleted.set(device, upTo)
  }
}
