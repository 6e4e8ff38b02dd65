import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const SCRIPT = fileURLToPath(new URL('../../scripts/device-code-grant.sh', import.meta.url))

/** `scripts/device-code-grant.sh`, running. */
export interface ScriptRun {
  readonly process: ChildProcess
  /** Resolves with the first group of the pattern as soon as it is printed. */
  printed(pattern: RegExp): Promise<string>
  readonly ended: Promise<{ status: number | null; out: string; err: string }>
}

export function runDeviceCodeScript(args: string[], env: NodeJS.ProcessEnv = process.env): ScriptRun {
  const child = spawn('/bin/sh', [SCRIPT, ...args], { env })
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
  const ended = new Promise<{ status: number | null; out: string; err: string }>((resolve) =>
    child.on('close', (status) => resolve({ status, out, err })),
  )
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
        ended.then(() => reject(new Error(`the script ended without ${pattern}: ${out}${err}`)))
      }),
  }
}
