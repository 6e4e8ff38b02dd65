import type { Command } from 'commander'
import type { CommandContext } from '../command-context.ts'
import { CliError } from '../errors.ts'

/** `glia serve` as the help knows it; `main.ts` takes the short way. */
export function addServeCommand(program: Command, { terminal }: CommandContext): void {
  program
    .command('serve')
    .summary('start the homeserver')
    .description('Starts the homeserver. glia serve --help names the options.')
    .helpOption(false)
    .allowUnknownOption()
    .allowExcessArguments()
    .action(async (_options, command: Command) => {
      const { serve } = await import('@glia/server')
      const exitCode = await serve(command.args, { out: terminal.out, error: terminal.note })
      if (exitCode !== 0) throw new CliError('the server was not started', { exitCode })
    })
}
