import type { Kysely } from 'kysely'
import { sql } from 'kysely'

/**
 * The change position lives in a table of one row. Taking a position updates the row, and the row stays locked until the
 * transaction ends; so positions become visible in their order, in one process or many.
 */
export async function createPositionTable(db: Kysely<any>): Promise<void> {
  await sql`CREATE TABLE IF NOT EXISTS change_position (id INTEGER PRIMARY KEY CHECK (id = 1), position BIGINT NOT NULL)`.execute(db)
  await sql`INSERT INTO change_position (id, position) VALUES (1, 0) ON CONFLICT DO NOTHING`.execute(db)
}

export async function takePosition(db: Kysely<any>, count: number): Promise<number> {
  const taken = await sql<{
    position: number
  }>`UPDATE change_position SET position = position + ${count} WHERE id = 1 RETURNING position`.execute(db)
  return taken.rows[0]!.position - count + 1
}

export async function readPosition(db: Pick<Kysely<any>, 'getExecutor'>): Promise<number> {
  const found = await sql<{ position: number }>`SELECT position FROM change_position WHERE id = 1`.execute(db)
  return found.rows[0]?.position ?? 0
}
