import type { Transaction } from '@glia/database'
import { silentLogger, systemRandom } from '@glia/platform'
import { openConfig } from '@glia/server'
import { openServerDatabase } from '../../apps/server/src/open-server-database.ts'
import type { TestServer } from './start-server.ts'

type ServerSchema =
  Awaited<ReturnType<typeof openServerDatabase>> extends { transaction<T>(work: (tx: Transaction<infer S>) => Promise<T>): Promise<T> }
    ? S
    : never

/** Does in the database of a server what no request can. */
export async function onServerDatabase<T>(
  server: Pick<TestServer, 'dataDir' | 'env'>,
  write: (tx: Transaction<ServerSchema>) => Promise<T>,
): Promise<T> {
  const cli = { dataDir: server.dataDir, config: [server.env.GLIA_CONFIG!] }
  const { config } = await openConfig({ cli, env: server.env, random: systemRandom })
  const database = await openServerDatabase(config, silentLogger)
  try {
    return await database.transaction(write)
  } finally {
    await database.close()
  }
}
