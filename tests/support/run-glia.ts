import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Ended, type RunningProgram, startProgram } from './programs.ts'

const launcher = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'apps', 'cli', 'bin', 'glia.js')

export interface GliaOptions {
  readonly input?: string
  readonly env?: Record<string, string>
}

/** The command line of one user: with a home and a working folder of its own, and nothing of the test's environment. */
export interface GliaUser {
  readonly configHome: string
  readonly cwd: string
  start(args: readonly string[], options?: GliaOptions): RunningProgram
  run(args: readonly string[], options?: GliaOptions): Promise<Ended>
  /** Runs it with `--json`. @returns what it printed @throws if it failed */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  json(args: readonly string[], options?: GliaOptions): Promise<any>
  remove(): void
}

export function createGliaUser(): GliaUser {
  const home = mkdtempSync(join(tmpdir(), 'glia-user-'))
  const configHome = join(home, 'config')
  const start: GliaUser['start'] = (args, { input = '', env = {} } = {}) => {
    const environment = { PATH: process.env.PATH, HOME: home, XDG_CONFIG_HOME: configHome, ...env }
    return startProgram(process.execPath, [launcher, ...args], { cwd: home, env: environment, input })
  }
  const run: GliaUser['run'] = (args, options) => start(args, options).ended
  return {
    configHome,
    cwd: home,
    start,
    run,
    async json(args, options) {
      const { status, out, err } = await run([...args, '--json'], options)
      if (status !== 0) throw new Error(`glia ${args.join(' ')} ended with ${status}: ${err}`)
      return JSON.parse(out)
    },
    remove: () => rmSync(home, { recursive: true, force: true }),
  }
}
