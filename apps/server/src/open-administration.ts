import { createLogger, type Environment, systemClock, systemRandom } from '@glia/platform'
import { compose } from './compose.ts'
import type { Administration } from './compose-administration.ts'
import { CONFIG_FILE, ConfigError, dataDirOf, isServerFolder, openConfig, type ServeOptions } from './config/index.ts'

/** An `Administration` of a server's own files and database; close it at the end. */
export interface OpenAdministration extends Administration {
  /** Absolute. */
  readonly dataDir: string
  close(): Promise<void>
}

/**
 * Opens the database of a server for the command line, whether the server runs or not. Takes the options of `glia serve`.
 * @throws ConfigError if there is no server or its configuration cannot be used
 */
export async function openAdministration(cli: Pick<ServeOptions, 'config' | 'dataDir'>, env: Environment): Promise<OpenAdministration> {
  const dataDir = dataDirOf(cli, env)
  if (!cli.config?.length && !env.GLIA_CONFIG && !isServerFolder(dataDir)) {
    const message = `there is no ${CONFIG_FILE}: start the server once (glia serve), or name its folder with --data-dir`
    throw new ConfigError([{ at: dataDir, key: '', message }])
  }
  const { config } = await openConfig({ cli, env, random: systemRandom })
  const logger = createLogger({ level: 'silent', format: 'text' })
  const server = await compose({ config, clock: systemClock, random: systemRandom, logger })
  return { ...server.administration, dataDir, close: () => server.stop() }
}
