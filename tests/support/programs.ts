import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'

/** How a program ended. */
export interface Ended {
  /** null after a signal. */
  readonly status: number | null
  readonly out: string
  readonly err: string
}

export interface RunningProgram {
  readonly process: ChildProcess
  readonly ended: Promise<Ended>
  /** Resolves with the first group of the pattern as soon as it is on stdout. */
  printed(pattern: RegExp): Promise<string>
}

export interface ProgramOptions {
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
  /** For its standard input. */
  readonly input?: string
}

/** Starts a program and collects what it prints. */
export function startProgram(file: string, args: readonly string[], { input = '', ...options }: ProgramOptions = {}): RunningProgram {
  const child = spawn(file, [...args], options)
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
  // a program that fails early does not read its input
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (status) => resolve({ status, out, err }))
  })
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
        void ended.then(() => reject(new Error(`${file} ended without ${pattern}: ${out}${err}`)), reject)
      }),
  }
}

/** Runs a program to its end. */
export function runProgram(file: string, args: readonly string[], options: ProgramOptions = {}): Promise<Ended> {
  return startProgram(file, args, options).ended
}

/**
 * The path of a program that the machine may have. Where it has none, the reason why tests are skipped is printed.
 * @param candidates absolute paths, tried in order
 */
export function programOf(name: string, ...candidates: string[]): string | undefined {
  const found = candidates.find((path) => existsSync(path))
  if (!found) console.info(`Skipped: ${name} is not installed on this machine.`)
  return found
}
