import { systemClock, systemEnvironment, systemRandom } from '@glia/platform'
import { ConfigError, formatProblem, openConfig, parseServeArguments, serveHelp, UsageError } from './config/index.ts'
import { giveMemoryBackWhenIdle } from './idle-memory.ts'
import { AddressInUseError } from './listen.ts'
import { UnusableDatabaseError } from './open-server-database.ts'
import { type RunningServer, runServer } from './run-server.ts'

/**
 * `glia serve`: runs the server until SIGTERM or SIGINT.
 * @returns the exit code: 0 stopped, 1 could not start, 2 wrong use
 */
export async function serve(argv: readonly string[], io: { out: (line: string) => void; error: (line: string) => void }): Promise<number> {
  let running: RunningServer
  try {
    const { help, options } = parseServeArguments(argv)
    if (help) {
      io.out(serveHelp)
      return 0
    }
    const { config, warnings } = await openConfig({ cli: options, env: systemEnvironment(), random: systemRandom })
    running = await runServer({ config, clock: systemClock, random: systemRandom })
    for (const warning of warnings) running.server.logger.warn({ at: warning.at, key: warning.key }, warning.message)
  } catch (error) {
    const lines = refusalOf(error)
    if (!lines) throw error
    for (const line of lines) io.error(line)
    return error instanceof UsageError ? 2 : 1
  }
  for (const line of await welcome(running)) io.out(line)
  giveMemoryBackWhenIdle()
  await untilAskedToStop()
  await running.stop()
  return 0
}

/** What the admin did wrong, line by line; undefined for faults of ours. */
function refusalOf(error: unknown): string[] | undefined {
  if (error instanceof UsageError) return [error.message, 'Try: glia serve --help']
  if (error instanceof ConfigError)
    return ['The configuration cannot be used:', ...error.problems.map((problem) => `  ${formatProblem(problem)}`)]
  if (error instanceof AddressInUseError || error instanceof UnusableDatabaseError) return [error.message]
  return undefined
}

async function welcome({ server, url }: RunningServer): Promise<string[]> {
  const lines = [`Glia listens on ${url}`]
  if (server.consolePath !== undefined) lines.push(`Console: ${url}${server.consolePath}`)
  const setupLink = await server.createSetupLink()
  if (setupLink) {
    lines.push(
      '',
      'There is no admin yet. Open this link once to make the first one:',
      `  ${setupLink}`,
      'or run: npx glia users create NAME --admin',
    )
  }
  return lines
}

function untilAskedToStop(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve())
  })
}
