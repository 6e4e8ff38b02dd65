import type { Command } from 'commander'
import { type CommandContext, globalOptions } from '../command-context.ts'
import { CliError } from '../errors.ts'
import { printJson } from '../output/print.ts'
import { DEFAULT_PROFILE, readSession, sessionFile } from '../session/session-file.ts'

const SIGNS = { ok: 'ok     ', warning: 'warning', failed: 'FAILED ', skipped: 'skipped' }

/** `glia doctor`: looks at a homeserver from outside. */
export function addDoctorCommand(program: Command, context: CommandContext): void {
  const { terminal, env } = context
  program
    .command('doctor')
    .summary('check a homeserver and the own access to it')
    .description(
      'Checks what clients and this program need of a homeserver: that it answers, how people find it and log in, and whether the token ' +
        'is good and an admin’s. Exit code 1 if anything failed.',
    )
    .argument('[homeserver]', "URL or name (default: --url, or the session's)")
    .action(async (given: string | undefined, _options, command: Command) => {
      const { examine } = await import('./examine-homeserver.ts')
      const { url, token, profile, output } = globalOptions(command)
      const session = await readSession(sessionFile(profile || DEFAULT_PROFILE, env))
      const homeserver = given ?? (url || session?.server)
      if (homeserver === undefined) throw new CliError('which homeserver?', { hints: ['glia doctor URL'] })
      const findings = await examine(homeserver, { token: token || undefined, profile: profile || DEFAULT_PROFILE, env })
      const hasFailed = findings.some(({ result }) => result === 'failed')
      if (output === 'json') printJson(terminal, { healthy: !hasFailed, checks: findings })
      else for (const { result, check, detail } of findings) terminal.out(`${SIGNS[result]}  ${check}: ${detail}`)
      if (hasFailed) throw new CliError('not everything is well')
    })
}
