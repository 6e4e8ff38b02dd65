import { type Command, Option } from 'commander'
import { type PlacedOptions, placed } from '../accounts/placed.ts'
import { type CommandContext, globalOptions } from '../command-context.ts'
import { printAnswer } from '../output/print.ts'

const KINDS = { RS256: ['RSA'], ES256: ['EC'], all: ['RSA', 'EC'] } as const

/** glia keys list, rotate: the keys that sign ID tokens. */
export function addKeyCommands(program: Command, { terminal, env }: CommandContext): void {
  const keys = program
    .command('keys')
    .summary('the keys that sign ID tokens')
    .description('Looks after the keys with which the server signs ID tokens.')

  /** Prints the keys as they are after `work`. */
  const at = async (command: Command, work: (server: Awaited<ReturnType<typeof open>>) => Promise<unknown>): Promise<void> => {
    const server = await open(command.opts<PlacedOptions>())
    try {
      await work(server)
      const rows = (await server.listSigningKeys()).map(({ kid, kind, createdAtMs, retiredAtMs, isPublished }) => ({
        kid,
        kind,
        state: retiredAtMs === undefined ? 'signs' : isPublished ? 'published' : 'over',
        created_ts: createdAtMs,
        retired_ts: retiredAtMs ?? null,
      }))
      printAnswer(terminal, globalOptions(command).output, rows)
    } finally {
      await server.close()
    }
  }
  const open = async (options: PlacedOptions) => (await import('../accounts/local-accounts.ts')).openServer(options, env)

  placed(
    keys
      .command('list')
      .summary('the keys, and what they are good for')
      .description(
        'Lists the keys: those that sign, those that only check what they signed before, and those that are over. Works on the server’s machine.',
      ),
  ).action((_options, command: Command) => at(command, async () => {}))

  placed(
    keys
      .command('rotate')
      .summary('make new keys, which sign from now on')
      .description(
        'Makes new keys, which sign from now on, also in a server that is running. The old ones are published until the tokens that they signed are over, and destroyed then. Works on the server’s machine.',
      )
      .addOption(
        new Option('--alg <algorithm>', 'RS256: the RSA key; ES256: that of the curve P-256').choices(Object.keys(KINDS)).default('all'),
      ),
  ).action((options: { alg: keyof typeof KINDS }, command: Command) =>
    at(command, (server) => server.rotateSigningKeys(KINDS[options.alg])),
  )
}
