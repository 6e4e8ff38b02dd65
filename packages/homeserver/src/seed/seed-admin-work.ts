import type { UserId } from '@glia/protocol'
import { recordChange } from '../audit/index.ts'
import { chunksOf } from '../chunks.ts'
import { StateViews } from '../history/index.ts'
import { createReports } from '../reports/index.ts'
import type { Chance } from './chance.ts'
import { HISTORY_MS, type SeedDeps, type SeedOptions } from './seed-deps.ts'
import type { Reportable } from './seed-rooms.ts'
import type { SeedUser } from './seed-users.ts'
import { sentence } from './words.ts'

/** Reports of events, and of a room and a user for every few of them. */
export async function writeReports(
  deps: SeedDeps,
  options: SeedOptions,
  reportable: readonly Reportable[],
  chance: Chance,
): Promise<number> {
  const reports = createReports({ ...deps, views: new StateViews(), alert: async () => {}, tellAdmins: async () => {} })
  let count = 0
  for (const [index, { roomId, eventId, reporter }] of reportable.entries()) {
    deps.clock.set(Math.floor(options.untilMs - HISTORY_MS / 4 + (HISTORY_MS / 4) * (index / reportable.length)))
    const reason = sentence(chance)
    await reports.reportEvent(reporter, { roomId, eventId, reason, score: undefined })
    count++
    if (index % 5 !== 0) continue
    await reports.reportRoom(reporter, { roomId, reason })
    await reports.reportUser(reporter, { userId: reporter, reason })
    count += 2
  }
  return count
}

const USERS_PER_RECORD = 20

/** What admins did to users over the years. */
export async function writeAuditLog(deps: SeedDeps, options: SeedOptions, users: readonly SeedUser[], chance: Chance): Promise<number> {
  const count = Math.ceil(users.length / USERS_PER_RECORD)
  const targets = Array.from({ length: count }, () => chance.pick(users))
  for (const some of chunksOf([...targets.entries()], 250)) {
    await deps.database.transaction(async (tx) => {
      for (const [number, { userId }] of some) {
        deps.clock.set(Math.floor(options.untilMs - HISTORY_MS * (1 - number / count)))
        const operation = chance.pick(['local.users.set_password', 'local.users.set_admin'])
        await recordChange(
          tx,
          { clock: deps.clock, random: chance, tellAdmins: async () => {} },
          { operation, actor: users[0]!.userId as UserId, userId },
        )
      }
    })
  }
  return count
}
