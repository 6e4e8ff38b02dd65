import { MatrixError } from '@glia/contract'
import type { Transaction } from '@glia/database'
import { eventTypes, isRoomAlias, type JsonObject, type RoomAlias, type UserId } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'
import type { RoomWriter } from '../timeline/index.ts'
import { findAlias } from './alias-store.ts'

/**
 * Checks a new `m.room.canonical_alias`: its alias, and alternative aliases that were not there before, must lead to the room.
 * @throws MatrixError M_BAD_ALIAS, M_INVALID_PARAM
 */
export async function checkCanonicalAlias(tx: Transaction<HomeserverSchema>, room: RoomWriter, content: JsonObject): Promise<void> {
  const { alias, alt_aliases: alternatives } = content
  if (alias !== undefined && alias !== null && typeof alias !== 'string') throw invalid('The alias must be of type string.')
  if (alternatives !== undefined && alternatives !== null && !Array.isArray(alternatives)) {
    throw invalid('The alt_aliases property must be a list.')
  }
  if (alternatives?.some((other) => typeof other !== 'string')) throw invalid('Each alt_alias must be of type string.')
  const before = (await room.state(eventTypes.canonicalAlias, ''))?.content.alt_aliases
  const known = new Set(Array.isArray(before) ? before : [])
  for (const name of [...(alias ? [alias] : []), ...(alternatives ?? []).filter((other) => !known.has(other))] as string[]) {
    if (!isRoomAlias(name)) throw invalid(name.startsWith('#') ? 'Room alias invalid' : "Expected RoomAlias string to start with '#'")
    if ((await findAlias(tx.db, name))?.roomId !== room.roomId) {
      throw new MatrixError('M_BAD_ALIAS', `Room alias ${name} does not point to the room`)
    }
  }
}

/** Takes an alias that is gone out of the room's `m.room.canonical_alias`, if the user may write that. */
export async function dropFromCanonicalAlias(room: RoomWriter, alias: RoomAlias, sender: UserId): Promise<void> {
  const current = await room.state(eventTypes.canonicalAlias, '')
  if (!current) return
  const { alias: main, alt_aliases: alternatives, ...content } = current.content
  const isListed = Array.isArray(alternatives) && alternatives.includes(alias)
  if (main !== alias && !isListed) return
  if (main !== undefined && main !== alias) content.alias = main
  const others = Array.isArray(alternatives) ? alternatives.filter((other) => other !== alias) : []
  if (others.length > 0) content.alt_aliases = others
  try {
    await room.append({ type: eventTypes.canonicalAlias, sender, stateKey: '', content })
  } catch (error) {
    // whoever may delete an alias need not be allowed to change the room's state
    if (!(error instanceof MatrixError && error.errcode === 'M_FORBIDDEN')) throw error
  }
}

function invalid(message: string): MatrixError {
  return new MatrixError('M_INVALID_PARAM', message)
}
