import { makeMxcUri } from '@glia/protocol'
import { Chance } from './chance.ts'
import { writeAuditLog, writeReports } from './seed-admin-work.ts'
import type { SeedDeps, SeedOptions } from './seed-deps.ts'
import { planMedia, writeMedia } from './seed-media.ts'
import { writeRooms } from './seed-rooms.ts'
import { planUsers, writeUsers } from './seed-users.ts'

export interface SeedTotals {
  readonly users: number
  readonly rooms: number
  readonly media: number
  readonly reports: number
  readonly auditRecords: number
}

/** The database holds users or rooms already. */
export class NotEmptyError extends Error {
  override readonly name = 'NotEmptyError'
}

/**
 * Fills an empty database with a made-up past of users, rooms, events, media records, devices, reports and admins' work, through the same
 * code that writes real ones. For tries and measurements: nobody else may use the database meanwhile.
 * @throws NotEmptyError
 */
export async function seed(deps: SeedDeps, options: SeedOptions): Promise<SeedTotals> {
  for (const table of ['users', 'rooms'] as const) {
    const found = await deps.database.read.selectFrom(table).select('created_at_ms').limit(1).executeTakeFirst()
    if (found) throw new NotEmptyError(`the database is not empty: it has ${table}`)
  }
  // every part has its own, so that one part can change without changing the others
  const chanceOf = (part: string) => new Chance(`${options.seed} ${part}`)
  const { ids, avatars } = planMedia(deps, options, chanceOf('media ids'))
  const users = planUsers(deps, options, chanceOf('users'), avatars)
  await writeUsers(deps, options, users, chanceOf('accounts'))
  await writeMedia(deps, options, { users, ids, avatars: avatars.length }, chanceOf('media'))
  deps.onProgress(`${ids.length} media records`)
  const shown = ids.map((id) => makeMxcUri(deps.serverName, id))
  const { roomIds, reportable } = await writeRooms(deps, options, users, shown, chanceOf('rooms'))
  const reports = await writeReports(deps, options, reportable, chanceOf('reports'))
  const auditRecords = await writeAuditLog(deps, options, users, chanceOf('audit log'))
  return { users: users.length, rooms: roomIds.length, media: ids.length, reports, auditRecords }
}
