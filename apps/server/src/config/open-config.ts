import type { Environment, Random } from '@glia/platform'
import { prepareDataDir } from './data-dir.ts'
import { type LoadedConfig, loadConfig } from './load-config.ts'
import type { ServeOptions } from './overlay.ts'

/**
 * What a starting server does: prepares the data folder, then reads the configuration.
 * @throws ConfigError with all problems.
 */
export async function openConfig(request: {
  cli: ServeOptions
  env: Environment
  random: Random
}): Promise<LoadedConfig & { /** The data folder was filled just now. */ readonly firstStart: boolean }> {
  const { files, firstStart } = await prepareDataDir(request)
  return { ...loadConfig({ files, cli: request.cli, env: request.env }), firstStart }
}
