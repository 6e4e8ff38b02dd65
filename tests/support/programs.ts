import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'

/** How a program ended that was run to its end. */
export interface Ended {
  readonly status: number
  readonly out: string
  readonly err: string
}

/** Runs a program to its end; its standard input is empty. */
export function runProgram(file: string, args: readonly string[], options: { env?: NodeJS.ProcessEnv; cwd?: string } = {}): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(file, [...args], { ...options, maxBuffer: 64 * 1024 * 1024 }, (error, out, err) => {
      const code = (error as { code?: number | string } | null)?.code
      resolve({ status: error ? (typeof code === 'number' ? code : 1) : 0, out, err })
    })
    child.stdin?.end()
  })
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
