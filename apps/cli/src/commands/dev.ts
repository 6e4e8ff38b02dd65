import { systemClock } from '@glia/platform'
import { type Command, InvalidArgumentError } from 'commander'
import { type CommandContext, globalOptions } from '../command-context.ts'
import { CliError } from '../errors.ts'
import { printFields } from '../output/print.ts'

const DAY_MS = 86_400_000

interface SeedCommandOptions {
  readonly seed: string
  readonly users: number
  readonly rooms: number
  readonly events: number
  readonly media: number
  readonly until?: number
  readonly dataDir?: string
  readonly config?: string[]
}

/** glia dev seed: for those who work on Glia; not in the help. */
export function addDevCommands(program: Command, { terminal, env }: CommandContext): void {
  const dev = program.command('dev', { hidden: true }).description('Tools for those who work on Glia.')
  dev
    .command('seed')
    .summary('fill an empty database with made-up data')
    .description('Fills the empty database of a server that is not running with made-up users, rooms, events and media records.')
    .option('--seed <text>', 'the same text gives the same data', 'glia')
    .option('--users <count>', 'how many users', count, 10_000)
    .option('--rooms <count>', 'how many rooms', count, 2000)
    .option('--events <count>', 'how many events', count, 100_000)
    .option('--media <count>', 'how many media records', count, 20_000)
    .option('--until <date>', 'when the two years of history end (default: the start of today, UTC)', date)
    .option('--data-dir <dir>', 'data folder of the server')
    .option('-c, --config <file>', 'configuration of the server (may be repeated)', (file: string, all: string[] = []) => [...all, file])
    .action(async ({ dataDir, config, until, ...options }: SeedCommandOptions, command: Command) => {
      if (options.users < 1 || options.rooms < 1) throw new CliError('at least one user and one room are needed')
      const { seedDatabase } = await import('@glia/server')
      const now = systemClock.nowMs()
      const totals = await seedDatabase({ ...(dataDir ? { dataDir } : {}), ...(config ? { config } : {}) }, env, {
        ...options,
        untilMs: until ?? now - (now % DAY_MS),
        onProgress: (text) => terminal.note(text),
      }).catch((error: unknown) => {
        if ((error as Error).name !== 'NotEmptyError') throw error
        throw new CliError((error as Error).message, { cause: error })
      })
      const { serverName, users, rooms, events, media, reports, auditRecords } = totals
      printFields(terminal, globalOptions(command).output, {
        server_name: serverName,
        users,
        rooms,
        events,
        media,
        reports,
        audit_records: auditRecords,
      })
    })
}

function count(text: string): number {
  if (!/^\d{1,8}$/.test(text)) throw new InvalidArgumentError('must be a whole number.')
  return Number(text)
}

function date(text: string): number {
  const time = Date.parse(text)
  if (Number.isNaN(time)) throw new InvalidArgumentError('must be a date, as in 2027-01-31.')
  return time
}
