import { type Environment, systemEnvironment } from '@glia/platform'
import { CommanderError } from 'commander'
import { CliError, UsageError } from './errors.ts'
import { createProgram } from './program.ts'
import type { Terminal } from './terminal.ts'

/**
 * Runs a command line, without `glia` in front.
 * @returns the exit code: 0 done, 1 failed or refused, 2 wrong use
 */
export async function runCommandLine(argv: readonly string[], terminal: Terminal, env: Environment = systemEnvironment()): Promise<number> {
  const program = await createProgram({ terminal, env, argv })
  try {
    await program.parseAsync([...argv], { from: 'user' })
    return 0
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    if (!(error instanceof CliError)) throw error
    terminal.note(`Error: ${error.message}`)
    for (const hint of error.hints) terminal.note(`  ${hint}`)
    if (error instanceof UsageError && error.hints.length === 0) terminal.note('  Try: glia COMMAND --help')
    return error.exitCode
  }
}
