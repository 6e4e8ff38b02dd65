import { createHash } from 'node:crypto'
import { MatrixError } from '@glia/contract'
import type { Database } from '@glia/database'
import { CanonicalJsonError, canonicalJson, InvalidFilterError, type JsonObject, parseFilter, type UserId } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'

export interface Filters {
  /**
   * Stores a filter for /sync.
   * @returns its id, which never starts with `{`; the same content has the same one
   * @throws MatrixError M_BAD_JSON for a filter that /sync could not use
   */
  create(userId: UserId, content: JsonObject): Promise<string>
}

export function createFilters(deps: { database: Database<HomeserverSchema> }): Filters {
  return {
    async create(userId, content) {
      const json = checkedJson(content)
      const filterId = createHash('sha256').update(json).digest('base64url').slice(0, 16)
      await deps.database.transaction(async (tx) => {
        await tx.db
          .insertInto('filters')
          .values({ user_id: userId, filter_id: filterId, content: json })
          .onConflict((conflict) => conflict.doNothing())
          .execute()
      })
      return filterId
    },
  }
}

function checkedJson(content: JsonObject): string {
  try {
    parseFilter(content)
    return canonicalJson(content)
  } catch (error) {
    if (error instanceof InvalidFilterError || error instanceof CanonicalJsonError) throw new MatrixError('M_BAD_JSON', error.message)
    throw error
  }
}
