import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const launcher = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'apps', 'cli', 'bin', 'glia.js')

export interface GliaEnd {
  readonly status: number | null
  readonly out: string
  readonly err: string
}

export interface GliaRun {
  readonly process: ChildProcess
  readonly ended: Promise<GliaEnd>
  /** Resolves with the first group of the pattern as soon as it is on stdout. */
  printed(pattern: RegExp): Promise<string>
}

export interface GliaOptions {
  readonly input?: string
  readonly env?: Record<string, string>
}

/** The command line of one user: with a home and a working folder of its own, and nothing of the test's environment. */
export interface GliaUser {
  readonly configHome: string
  readonly cwd: string
  start(args: readonly string[], options?: GliaOptions): GliaRun
  run(args: readonly string[], options?: GliaOptions): Promise<GliaEnd>
  /** Runs it with `--json`. @returns what it printed @throws if it failed */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  json(args: readonly string[], options?: GliaOptions): Promise<any>
  remove(): void
}

export function createGliaUser(): GliaUser {
  const home = mkdtempSync(join(tmpdir(), 'glia-user-'))
  const configHome = join(home, 'config')
  const start: GliaUser['start'] = (args, { input = '', env = {} } = {}) => {
    const child = spawn(process.execPath, [launcher, ...args], {
      cwd: home,
      env: { PATH: process.env.PATH, HOME: home, XDG_CONFIG_HOME: configHome, ...env },
    })
    let out = ''
    let err = ''
    const watchers = new Set<() => void>()
    child.stdout.on('data', (text) => {
      out += text
      for (const watch of watchers) watch()
    })
    child.stderr.on('data', (text) => {
      err += text
    })
    // a command that fails early does not read its input
    child.stdin.on('error', () => {})
    child.stdin.end(input)
    const ended = new Promise<GliaEnd>((resolve) => child.on('close', (status) => resolve({ status, out, err })))
    return {
      process: child,
      ended,
      printed: (pattern) =>
        new Promise((resolve, reject) => {
          const watch = () => {
            const found = pattern.exec(out)
            if (found) resolve(found[1]!)
          }
          watchers.add(watch)
          watch()
          void ended.then(() => reject(new Error(`glia ${args.join(' ')} ended without ${pattern}: ${out}${err}`)))
        }),
    }
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
