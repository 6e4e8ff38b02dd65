import { existsSync } from 'node:fs'
import { mkdir, readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Environment, Random } from '@glia/platform'
import { type GeneratedFile, generatedFiles, generateFile } from './generated-files.ts'
import { initialConfigFile } from './initial-file.ts'
import { DEFAULT_DATA_DIR } from './load-config.ts'
import { isMap, type LocatedMap } from './located.ts'
import { type GivenOption, given, type ServeOptions } from './overlay.ts'
import { ConfigError } from './problems.ts'
import { readConfigFiles, reasonOf, type TopLevel } from './read-yaml.ts'
import { isServerName, serverFields } from './schema/server.ts'
import { exists, writeNewFile } from './write-new-file.ts'

export interface PreparedDataDir {
  /** The configuration files to load, as the user would name them. */
  readonly files: readonly string[]
  /** The configuration file was written just now. */
  readonly firstStart: boolean
}

/** In the data folder; what `glia serve` reads without `--config`. */
export const CONFIG_FILE = 'glia.yaml'

/** Whether a server has been started with this data folder, without `--config`. */
export function isServerFolder(folder: string): boolean {
  return existsSync(join(folder, CONFIG_FILE))
}

/**
 * Makes the data folder ready: without `--config`, `glia.yaml` is written into an empty folder; keys and secrets that the
 * configuration names no file for are made where they are missing. Whatever is there is kept.
 * @throws ConfigError if the folder belongs to something else or to another server name, or cannot be written.
 */
export async function prepareDataDir(request: { cli: ServeOptions; env: Environment; random: Random }): Promise<PreparedDataDir> {
  const { cli, env, random } = request
  const named = given('dataDir', cli, env)
  const folder = named?.value ?? DEFAULT_DATA_DIR
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const files = configFiles(cli, env)
    if (files.length > 0) {
      await generateMissing(folder, readConfigFiles(files, []), random)
      return { files, firstStart: false }
    }
    return await prepareOwnConfig(folder, given('serverName', cli, env), random)
  } catch (error) {
    const { code, path } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    const message =
      code === 'EEXIST' || code === 'ENOTDIR' ? 'is a file, not a folder' : `cannot be used as data folder: ${reasonOf(error)}`
    throw new ConfigError([{ at: named?.at ?? '', key: path ?? resolve(folder), message }])
  }
}

/** `--config` as often as given, or else GLIA_CONFIG. */
function configFiles(cli: ServeOptions, env: Environment): readonly string[] {
  if (cli.config && cli.config.length > 0) return cli.config
  return (env.GLIA_CONFIG ?? '').split(/[:,]/).filter((file) => file !== '')
}

async function prepareOwnConfig(folder: string, serverName: GivenOption | undefined, random: Random): Promise<PreparedDataDir> {
  const file = join(folder, CONFIG_FILE)
  const firstStart = !(await exists(file)) && (await writeFirstFiles(folder, file, serverName, random))
  if (!firstStart) {
    const top = readConfigFiles([file], [])
    refuseOtherName(top, serverName)
    await generateMissing(folder, top, random)
  }
  return { files: [file], firstStart }
}

/** @returns false if another process has written the configuration meanwhile. */
async function writeFirstFiles(folder: string, file: string, serverName: GivenOption | undefined, random: Random): Promise<boolean> {
  await refuseForeignFolder(folder)
  const name = serverName?.value ?? String(serverFields.server_name.default)
  if (!isServerName(name))
    throw new ConfigError([{ at: serverName?.at ?? '', key: 'server_name', message: `${JSON.stringify(name)} is no host name` }])
  // The configuration comes last: a start that was interrupted before it is a first start again, and keeps the keys it finds.
  await generate(folder, Object.keys(generatedFiles) as GeneratedFile[], random)
  return writeNewFile(file, initialConfigFile(name), random)
}

/** Files of which a folder counts as empty: hidden ones, those of the filesystem, and those that a first start writes, perhaps just now. */
function isHarmless(name: string): boolean {
  return name.startsWith('.') || name === 'lost+found' || name === 'secrets' || name === CONFIG_FILE || name === generatedFiles.signingKey
}

async function refuseForeignFolder(folder: string): Promise<void> {
  const others = (await readdir(folder)).filter((name) => !isHarmless(name)).sort()
  if (others.length === 0) return
  const list = others.slice(0, 3).join(', ') + (others.length > 3 ? ', …' : '')
  const advice = others.includes('homeserver.yaml')
    ? `to take over its configuration, start with --config ${join(folder, 'homeserver.yaml')}`
    : others.includes('glia.db')
      ? `put ${CONFIG_FILE} back from your backup, or name the configuration with --config`
      : 'choose an empty folder with --data-dir, or name the configuration with --config'
  throw new ConfigError([{ at: folder, key: '', message: `this data folder has no ${CONFIG_FILE} but other files (${list}): ${advice}` }])
}

function refuseOtherName(top: TopLevel, serverName: GivenOption | undefined): void {
  const written = top.get('server_name')
  if (!serverName || typeof written?.value !== 'string' || written.value === serverName.value) return
  const message =
    `is ${JSON.stringify(written.value)}, but ${serverName.at} says ${JSON.stringify(serverName.value)}: ` +
    `the name of a server cannot be changed. Leave ${serverName.at} out, or choose another --data-dir`
  throw new ConfigError([{ at: written.at, key: 'server_name', message }])
}

/**
 * The files that must be there however the server is configured, each with the keys that name another file (or hold the
 * secret itself). Without a shared secret, registration by it is off, so that one is not made here.
 */
const NAMED_BY: Partial<Record<GeneratedFile, readonly string[]>> = {
  signingKey: ['signing_key_path'],
  macaroonSecretKey: ['macaroon_secret_key', 'macaroon_secret_key_path'],
  authEncryptionKey: ['glia.auth.encryption_key_path'],
  authSigningKey: ['glia.auth.signing_key_path'],
}

async function generateMissing(folder: string, top: TopLevel, random: Random): Promise<void> {
  const names = Object.keys(NAMED_BY) as GeneratedFile[]
  const needed = names.filter((name) => !NAMED_BY[name]?.some((key) => isSet(top, key.split('.'))))
  await generate(folder, needed, random)
}

async function generate(folder: string, names: readonly GeneratedFile[], random: Random): Promise<void> {
  await Promise.all(
    names.map(async (name) => {
      const file = join(folder, generatedFiles[name])
      if (!(await exists(file))) await writeNewFile(file, await generateFile(name, random), random)
    }),
  )
}

function isSet(map: LocatedMap, [name, ...rest]: readonly string[]): boolean {
  const value = map.get(name ?? '')?.value ?? null
  return rest.length === 0 ? value !== null : isMap(value) && isSet(value, rest)
}
