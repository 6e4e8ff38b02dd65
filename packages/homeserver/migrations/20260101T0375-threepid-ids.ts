import type { Migration } from '@glia/database'
import { sql } from 'kysely'
import { threepidId } from '../src/users/threepid-id.ts'

/** Addresses get ids, by which MAS's Admin API names and lists them. */
export const threepidIds: Migration = {
  name: '20260101T0375-threepid-ids',
  async up(db) {
    await sql`ALTER TABLE user_threepids ADD COLUMN id TEXT NOT NULL DEFAULT ''`.execute(db)
    const { rows } = await sql<{ medium: string; address: string; added_at_ms: number }>`SELECT medium, address, added_at_ms
      FROM user_threepids`.execute(db)
    for (const { medium, address, added_at_ms } of rows) {
      const id = threepidId({ medium, address, addedAtMs: Number(added_at_ms) })
      await sql`UPDATE user_threepids SET id = ${id} WHERE medium = ${medium} AND address = ${address}`.execute(db)
    }
    await sql`CREATE UNIQUE INDEX user_threepids_by_id ON user_threepids (id)`.execute(db)
  },
}
