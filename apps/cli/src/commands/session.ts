import { systemClock } from '@glia/platform'
import { type Command, Option } from 'commander'
import { type CommandContext, connectionOf, globalOptions } from '../command-context.ts'
import { CliError, UsageError } from '../errors.ts'
import { printFields } from '../output/print.ts'
import { DEFAULT_PROFILE, readSession, removeSession, type StoredSession, sessionFile, writeSession } from '../session/session-file.ts'

/** login, logout, token, whoami */
export function addSessionCommands(program: Command, context: CommandContext): void {
  const { terminal, env } = context
  const fileOf = (command: Command) => sessionFile(globalOptions(command).profile || DEFAULT_PROFILE, env)
  const clock = systemClock

  program
    .command('login')
    .summary('log in at a homeserver and keep the session')
    .description(
      'Logs in at a homeserver and keeps the session for the other commands. With OAuth (Glia, MAS) it prints a link to confirm in any ' +
        'browser; elsewhere it asks for user and password. The session renews itself.',
    )
    .argument('<homeserver>', 'URL or name of the homeserver: https://matrix.example.org, example.org')
    .addOption(
      new Option('--scope <scope...>', 'what to ask for (default: the Client-Server API and the Admin API)').argParser(
        (value, all: string[] = []) => [...all, ...value.split(/\s+/).filter(Boolean)],
      ),
    )
    .option('--no-browser', 'only print the link')
    .option('--user <user>', 'log in with the password of this user, without OAuth')
    .option('--password-stdin', 'with --user: the password comes from standard input')
    .action(async (homeserver: string, options: LoginOptions, command: Command) => {
      const { DEFAULT_SCOPES, logIn } = await import('../login/log-in.ts')
      const { logOut } = await import('../login/log-out.ts')
      if (options.passwordStdin && options.user === undefined) throw new UsageError('--password-stdin needs --user')
      const file = fileOf(command)
      const before = await readSession(file).catch(() => undefined)
      const session = await logIn(
        { terminal, env, clock },
        {
          homeserver,
          scopes: options.scope ?? DEFAULT_SCOPES,
          browser: options.browser,
          user: options.user,
          passwordFromStdin: options.passwordStdin ?? false,
        },
      )
      await writeSession(file, session)
      terminal.out(`Logged in at ${session.server}${session.userId ? ` as ${session.userId}` : ''}.`)
      // a session that nothing knows any more would stay open for ever
      if (before) await logOut(before).catch(() => terminal.note(`The session before, at ${before.server}, could not be ended.`))
    })

  program
    .command('logout')
    .summary('end the session')
    .description('Ends the session at its server and forgets it.')
    .option('--force', 'forget it also if the server does not answer')
    .action(async (options: { force?: boolean }, command: Command) => {
      const { logOut } = await import('../login/log-out.ts')
      const file = fileOf(command)
      const session = await readSession(file)
      if (!session) throw new CliError('nobody is logged in')
      try {
        await logOut(session)
      } catch (error) {
        if (!options.force || !(error instanceof CliError)) throw error
        terminal.note(`The session could not be ended at its server: ${error.message}`)
      }
      await removeSession(file)
      terminal.out(`Logged out from ${session.server}.`)
    })

  program
    .command('token')
    .summary('print a valid access token')
    .description('Prints a valid access token, for other programs:\n  curl -H "Authorization: Bearer $(glia token)" …')
    .action(async (_options, command: Command) => {
      const { url, token } = globalOptions(command)
      // a token that was given needs no server to be printed
      terminal.out(token && !url ? token : await (await connectionOf(command, context)).token())
    })

  program
    .command('whoami')
    .summary('print who is logged in, and where')
    .description('Asks the server whose token it is, and prints what is known about the session.')
    .action(async (_options, command: Command) => {
      const { askUserId } = await import('../connection.ts')
      const { output, token, profile } = globalOptions(command)
      const connection = await connectionOf(command, context)
      const userId = await askUserId(connection.baseUrl, await connection.token())
      const session = token ? undefined : await readSession(fileOf(command))
      printFields(terminal, output, {
        user_id: userId,
        server: connection.baseUrl,
        ...(session ? { profile: profile || DEFAULT_PROFILE, ...factsOf(session) } : {}),
      })
    })
}

interface LoginOptions {
  readonly scope?: string[]
  readonly browser: boolean
  readonly user?: string
  readonly passwordStdin?: boolean
}

function factsOf({ oauth, expiresAtMs, refreshToken }: StoredSession): Record<string, unknown> {
  return {
    session: oauth ? 'OAuth' : 'legacy login',
    ...(oauth ? { scope: oauth.scope } : {}),
    token_expires_ts: expiresAtMs ?? null,
    renews_itself: refreshToken !== undefined,
  }
}
