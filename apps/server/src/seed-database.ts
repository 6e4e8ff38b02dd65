import { createAccounts } from '@glia/auth'
import {
  Chance,
  createEventCounter,
  createSeedClock,
  createTimeline,
  type SeedOptions,
  type SeedTotals,
  SignalBus,
  seed,
  wordIndex,
} from '@glia/homeserver'
import { createLogger, type Environment, systemRandom } from '@glia/platform'
import type { ServerName } from '@glia/protocol'
import { openConfig, type ServeOptions } from './config/index.ts'
import { openServerDatabase } from './open-server-database.ts'

/**
 * Fills the empty database of a server that does not run with made-up data. Takes the options of `glia serve`; a new folder gets its
 * configuration.
 * @throws ConfigError; NotEmptyError
 */
export async function seedDatabase(
  cli: Pick<ServeOptions, 'config' | 'dataDir'>,
  env: Environment,
  options: SeedOptions & { readonly onProgress: (text: string) => void },
): Promise<SeedTotals & { readonly events: number; readonly serverName: string }> {
  const { config } = await openConfig({ cli, env, random: systemRandom })
  const database = await openServerDatabase(config, createLogger({ level: 'silent', format: 'text' }))
  try {
    const clock = createSeedClock()
    const signals = new SignalBus()
    const serverName = config.server.name as ServerName
    const counter = createEventCounter()
    const timeline = createTimeline({
      database: database.as(),
      serverName,
      signingKey: config.server.signingKey,
      clock,
      signals,
      observers: [counter, ...(config.rooms.searchEnabled ? [wordIndex] : [])],
    })
    const accounts = createAccounts({ clock, random: new Chance(`${options.seed} account ids`) })
    const addAccount = async (...[tx, userId]: Parameters<Parameters<typeof seed>[0]['addAccount']>) => {
      await accounts.create(tx, { userId, passwordHash: undefined })
    }
    const { onProgress } = options
    const totals = await seed({ database: database.as(), clock, timeline, signals, serverName, addAccount, onProgress }, options)
    return { ...totals, events: counter.count(), serverName }
  } finally {
    await database.close()
  }
}
