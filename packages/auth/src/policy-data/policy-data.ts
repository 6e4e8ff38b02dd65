import { AuthAdminError } from '@glia/contract'
import type { Database, Reads } from '@glia/database'
import { type Clock, createRepeating, type Logger, makeUlid, type Random } from '@glia/platform'
import type { PolicyConfig } from '../policy/index.ts'
import { mergePolicy } from './merge-policy.ts'
import type { PolicyDataTables } from './tables.ts'

/** Other processes on the same database see new data after this time at the latest. */
const READ_EVERY_MS = 30_000

export interface PolicyDataVersion {
  readonly id: string
  readonly createdAtMs: number
  readonly data: unknown
}

/** The policy as it counts: that of the configuration with the newest data on top. */
export interface PolicyData extends PolicyConfig {
  find(id: string): Promise<PolicyDataVersion | undefined>
  latest(): Promise<PolicyDataVersion | undefined>
  /** Counts from now on. @throws AuthAdminError 400 if it does not fit */
  set(data: unknown): Promise<PolicyDataVersion>
  /** Reads what counts, and again from time to time. */
  start(): Promise<void>
  stop(): Promise<void>
}

export function createPolicyData(deps: {
  database: Database<PolicyDataTables>
  config: PolicyConfig
  clock: Clock
  random: Random
  logger: Logger
}): PolicyData {
  const { database, config, clock, random, logger } = deps
  let current = config

  const read = async () => {
    const found = await findLatest(database.read)
    current = (found && mergePolicy(config, found.data)) ?? config
  }
  const reading = createRepeating({
    clock,
    everyMs: READ_EVERY_MS,
    work: read,
    onError: (error) => logger.warn({ err: error }, 'the data of the policy could not be read'),
  })
  return {
    get adminUsers() {
      return current.adminUsers
    },
    get adminClients() {
      return current.adminClients
    },
    async find(id) {
      const row = await database.read.selectFrom('auth_policy_data').selectAll().where('id', '=', id).executeTakeFirst()
      return row && toVersion(row)
    },
    latest: () => findLatest(database.read),
    async set(data) {
      const merged = mergePolicy(config, data)
      if (!merged) throw new AuthAdminError(400, 'The policy cannot be used with this data')
      const version = await database.transaction(async (tx) => {
        await tx.lock('policy data')
        const row = { id: makeUlid(clock, random), created_at_ms: clock.nowMs(), data: JSON.stringify(data) }
        await tx.db.insertInto('auth_policy_data').values(row).execute()
        return toVersion(row)
      })
      await read()
      return version
    },
    async start() {
      await read()
      reading.start()
    },
    stop: reading.stop,
  }
}

async function findLatest(db: Reads<PolicyDataTables>): Promise<PolicyDataVersion | undefined> {
  const row = await db
    .selectFrom('auth_policy_data')
    .selectAll()
    .orderBy('created_at_ms', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row && toVersion(row)
}

function toVersion(row: PolicyDataTables['auth_policy_data']): PolicyDataVersion {
  return { id: row.id, createdAtMs: row.created_at_ms, data: JSON.parse(row.data) }
}
