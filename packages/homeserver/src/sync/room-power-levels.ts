import type { Reads } from '@glia/database'
import { eventTypes, type PowerLevelsView, powerLevelsView, type RoomId, roomVersion } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'
import { currentStateEvents } from '../timeline/index.ts'

/** The power levels of rooms, read once each, when asked for. */
export class RoomPowerLevels {
  readonly #db: Reads<HomeserverSchema>
  readonly #known = new Map<RoomId, PowerLevelsView | undefined>()

  constructor(db: Reads<HomeserverSchema>) {
    this.#db = db
  }

  async of(room: { roomId: RoomId; version: string }): Promise<PowerLevelsView | undefined> {
    if (!this.#known.has(room.roomId)) this.#known.set(room.roomId, await this.#load(room))
    return this.#known.get(room.roomId)
  }

  async #load({ roomId, version }: { roomId: RoomId; version: string }): Promise<PowerLevelsView | undefined> {
    const rules = roomVersion(version)
    if (!rules) return undefined
    const state = await currentStateEvents(this.#db, roomId, {
      tuples: [
        [eventTypes.create, ''],
        [eventTypes.powerLevels, ''],
      ],
    })
    const create = state.find(({ type }) => type === eventTypes.create)
    const levels = state.find(({ type }) => type === eventTypes.powerLevels)
    return powerLevelsView(levels?.content, create, rules)
  }
}
