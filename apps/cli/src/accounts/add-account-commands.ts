import { systemRandom } from '@glia/platform'
import type { Command } from 'commander'
import { type CommandContext, globalOptions } from '../command-context.ts'
import { groupOf } from '../contract-commands/add-contract-commands.ts'
import { CliError } from '../errors.ts'
import { printFields } from '../output/print.ts'
import type { Terminal } from '../terminal.ts'
import { type AccountPlace, openAccountPlace } from './account-place.ts'
import { type PlacedOptions, placed } from './placed.ts'

const WHERE = `
Where: on the server's machine this works in the server's own database, needs no token, and the server may be running or not. The
server is that of --data-dir or --config, of GLIA_DATA_DIR or GLIA_CONFIG, or of ./data. Where there is none, or with --profile, --url
or --token, it goes over the server's Admin API.`

const GENERATED_LENGTH = 24

interface PasswordOptions extends PlacedOptions {
  readonly passwordStdin?: boolean
}

/** users create, set-password, promote, demote, issue-token, setup-link */
export function addAccountCommands(program: Command, context: CommandContext): void {
  const { terminal, env } = context
  const users = groupOf(program, 'users')

  const add = (name: string, summary: string, description: string) => placed(users.command(name).summary(summary).description(description))
  const at = async (command: Command, work: (place: AccountPlace) => Promise<Record<string, unknown>>): Promise<void> => {
    const { dataDir, config } = command.opts<PlacedOptions>()
    const isRemoteWritten = ['profile', 'url', 'token'].some((name) => command.getOptionValueSourceWithGlobals(name) === 'cli')
    const place = await openAccountPlace({ ...globalOptions(command), dataDir, config, isRemoteWritten }, env)
    try {
      terminal.note(`At ${place.description}:`)
      printFields(terminal, globalOptions(command).output, await work(place))
    } finally {
      await place.close()
    }
  }

  add('create', 'make an account', 'Makes an account. Without --password-stdin it asks for the password, or makes one up and prints it.')
    .argument('<name>', 'first part of the user id, or all of it')
    .option('--admin', 'make the account a server admin')
    .option('--display-name <text>', 'name to show (default: the first part of the user id)')
    .option('--password-stdin', 'the password comes from standard input')
    .addHelpText('after', WHERE)
    .action(async (name: string, options: PasswordOptions & { admin?: boolean; displayName?: string }, command: Command) => {
      const { password, isGenerated } = await newPassword(terminal, options)
      await at(command, async (place) => {
        const isAdmin = options.admin ?? false
        const userId = await place.create({ name, password, displayName: options.displayName, isAdmin })
        return { user_id: userId, admin: isAdmin, ...(isGenerated ? { password } : {}) }
      })
    })

  add('set-password', 'set the password of an account', 'Sets a password, and ends the sessions of the user.')
    .argument('<name>', 'first part of the user id, or all of it')
    .option('--password-stdin', 'the password comes from standard input')
    .option('--keep-sessions', 'leave the user logged in')
    .addHelpText('after', WHERE)
    .action(async (name: string, options: PasswordOptions & { keepSessions?: boolean }, command: Command) => {
      const { password, isGenerated } = await newPassword(terminal, options)
      const keepSessions = options.keepSessions ?? false
      await at(command, async (place) => {
        const userId = await place.setPassword(name, password, { keepSessions })
        return { user_id: userId, sessions: keepSessions ? 'kept' : 'ended', ...(isGenerated ? { password } : {}) }
      })
    })

  for (const [name, isAdmin, summary] of [
    ['promote', true, 'make an account a server admin'],
    ['demote', false, 'take the admin right from an account'],
  ] as const) {
    add(name, summary, `${summary[0]!.toUpperCase()}${summary.slice(1)}.`)
      .argument('<name>', 'first part of the user id, or all of it')
      .addHelpText('after', WHERE)
      .action((userName: string, _options, command: Command) =>
        at(command, async (place) => ({ user_id: await place.setAdmin(userName, isAdmin), admin: isAdmin })),
      )
  }

  add(
    'issue-token',
    'sign a user in on a device and print the token',
    'Makes an access token as the legacy login does, for programs that cannot log in themselves. It lasts until the session is ended, and can do what the account can. Older sessions of the device end. Works only on the server’s machine.',
  )
    .argument('<name>', 'first part of the user id, or all of it')
    .argument('[device]', 'device id (default: a new one)')
    .action(async (name: string, device: string | undefined, options: PlacedOptions, command: Command) => {
      const { inWords, openServer } = await import('./local-accounts.ts')
      const server = await openServer(options, env)
      try {
        const { userId, deviceId, accessToken } = await inWords(server.issueToken(name, device))
        printFields(terminal, globalOptions(command).output, { user_id: userId, device_id: deviceId, access_token: accessToken })
      } finally {
        await server.close()
      }
    })

  add(
    'setup-link',
    'print a link for making the first admin',
    'Prints a link with which the first admin account can be made in a browser, once and within a day. Older links stop working. Works only on the server’s machine.',
  ).action(async (options: PlacedOptions) => {
    const { openServer } = await import('./local-accounts.ts')
    const server = await openServer(options, env)
    try {
      const link = await server.createSetupLink()
      if (link === undefined) throw new CliError('there is an admin already', { hints: ['Make others with: glia users promote NAME'] })
      terminal.out(link)
    } finally {
      await server.close()
    }
  })
}

async function newPassword(terminal: Terminal, { passwordStdin }: PasswordOptions): Promise<{ password: string; isGenerated: boolean }> {
  if (passwordStdin) {
    const password = (await terminal.readInput()).replace(/\r?\n$/, '')
    if (password === '') throw new CliError('standard input holds no password')
    return { password, isGenerated: false }
  }
  const password = terminal.isInteractive ? await terminal.askHidden('Password (empty: make one up): ') : ''
  if (password === '') return { password: systemRandom.text(GENERATED_LENGTH), isGenerated: true }
  if ((await terminal.askHidden('The same again: ')) !== password) throw new CliError('the two passwords differ')
  return { password, isGenerated: false }
}
