import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type Environment, systemRandom } from '@glia/platform'
import { afterAll, onTestFinished } from 'vitest'
import { prepareDataDir } from './data-dir.ts'
import { type LoadedConfig, loadConfig } from './load-config.ts'
import type { ServeOptions } from './overlay.ts'
import { ConfigError } from './problems.ts'

/** A new folder that goes away with the test. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'glia-config-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

// Loading writes nothing, so all tests of a file share one data folder with its keys.
let sharedDataDir: Promise<string> | undefined

async function makeDataDir(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'glia-config-'))
  const dataDir = join(folder, 'data')
  await prepareDataDir({ cli: { dataDir }, env: {}, random: systemRandom })
  return dataDir
}

afterAll(async () => {
  if (sharedDataDir) rmSync(dirname(await sharedDataDir), { recursive: true })
})

/** Loads configuration files over a data folder that has its keys. */
export async function loadFiles(
  files: readonly string[],
  { cli = {}, env = {} }: { cli?: ServeOptions; env?: Environment } = {},
): Promise<LoadedConfig> {
  sharedDataDir ??= makeDataDir()
  return loadConfig({ files, cli: { dataDir: await sharedDataDir, ...cli }, env })
}

/** Writes the texts to the files `0.yaml`, `1.yaml` … and loads them. Warnings leave out that there is no `server_name`. */
export async function load(
  texts: string | readonly string[],
  { extension = 'yaml', ...given }: { cli?: ServeOptions; env?: Environment; extension?: string } = {},
): Promise<LoadedConfig> {
  const folder = makeFolder()
  const files = [texts].flat().map((text, index) => {
    const file = join(folder, `${index}.${extension}`)
    writeFileSync(file, text)
    return file
  })
  const { config, warnings } = await loadFiles(files, given)
  return { config, warnings: warnings.filter(({ key }) => key !== 'server_name') }
}

/** The problems that loading reports, the files named without their folder. */
export async function problemsOf(...args: Parameters<typeof load>): Promise<string[]> {
  try {
    await load(...args)
  } catch (error) {
    if (error instanceof ConfigError) return error.message.replaceAll(/\/\S*\/(?=\d\.(yaml|json):)/g, '').split('\n')
    throw error
  }
  return []
}
