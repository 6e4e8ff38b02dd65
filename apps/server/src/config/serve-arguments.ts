import { parseArgs } from 'node:util'
import { nearestName } from './nearest-name.ts'
import { environmentVariables, type ServeOptions } from './overlay.ts'

/** The command line cannot be understood. The message is for the user. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

export interface ServeArguments {
  /** The user asked for help: print `serveHelp` and do nothing else. */
  readonly help: boolean
  readonly options: ServeOptions
}

const OPTIONS = {
  config: { type: 'string', short: 'c', multiple: true },
  'data-dir': { type: 'string' },
  'server-name': { type: 'string' },
  host: { type: 'string' },
  port: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const

/**
 * Reads what follows `glia serve`.
 * @throws UsageError
 */
export function parseServeArguments(argv: readonly string[]): ServeArguments {
  const { values } = parse(argv)
  return {
    help: values.help ?? false,
    options: {
      ...(values.config && { config: values.config.map((file) => notEmpty('config', file)) }),
      ...(values['data-dir'] !== undefined && { dataDir: notEmpty('data-dir', values['data-dir']) }),
      ...(values['server-name'] !== undefined && { serverName: notEmpty('server-name', values['server-name']) }),
      ...(values.host !== undefined && { host: notEmpty('host', values.host) }),
      ...(values.port !== undefined && { port: portNumber(values.port) }),
    },
  }
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: false, strict: true })
  } catch (error) {
    throw new UsageError(inWords(error as NodeJS.ErrnoException, argv))
  }
}

/** Node's messages, with a hint instead of its advice for programmers. */
function inWords(error: NodeJS.ErrnoException, argv: readonly string[]): string {
  if (error.code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') {
    const written = /'(-[^']*)'/.exec(error.message)?.[1] ?? argv.join(' ')
    const meant = nearestName(
      written.replace(/^-+/, '').replaceAll('-', '_'),
      Object.keys(OPTIONS).map((name) => name.replaceAll('-', '_')),
    )
    return `unknown option ${written}${meant ? `, did you mean --${meant.replaceAll('_', '-')}?` : ''}`
  }
  if (error.code === 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL') {
    return `unexpected argument ${/'([^']*)'/.exec(error.message)?.[1] ?? ''}`.trim()
  }
  const option = /--[a-z-]+/.exec(error.message)?.[0]
  return option === '--help' ? '--help takes no value' : `${option ?? 'an option'} needs a value`
}

function notEmpty(option: string, value: string): string {
  if (value === '') throw new UsageError(`--${option} needs a value`)
  return value
}

function portNumber(value: string): number {
  if (/^\d{1,5}$/.test(value) && Number(value) <= 65535) return Number(value)
  throw new UsageError(`--port must be a port number from 0 to 65535, not ${JSON.stringify(value)}`)
}

const width = Math.max(...Object.keys(environmentVariables).map((name) => name.length))

/** What `glia serve --help` prints. */
export const serveHelp = `Usage: glia serve [options]

Starts the homeserver. The first start fills the data folder with a configuration file, keys and secrets.

Options:
  -c, --config FILE      configuration file (YAML or JSON), or a folder of them; may be repeated, later files win.
                         Without it: glia.yaml in the data folder.
      --data-dir DIR     folder of database, media, keys and secrets (default: ./data)
      --server-name NAME the name at the end of user ids, @user:NAME (default: localhost); cannot be changed later
      --host HOST        address to listen on (default: 127.0.0.1)
      --port PORT        port to listen on (default: 8008; 0: any free one)
  -h, --help             print this help

Environment (options win over it):
${Object.entries(environmentVariables)
  .map(([name, doc]) => `  ${name.padEnd(width)}  ${doc.replaceAll('`', '')}`)
  .join('\n')}
`
