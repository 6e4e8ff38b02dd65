import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stringify } from 'yaml'
import { testSettings, writeSharedSecret } from './start-server.ts'

const launcher = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'apps', 'cli', 'bin', 'glia.js')

/** `glia serve` as a process of its own, so that it can be killed. */
export interface ServerProcess {
  readonly url: string
  readonly dataDir: string
  readonly pid: number
  /** Milliseconds from starting the process to its listening. */
  readonly startMs: number
  /** What it has printed so far. */
  output(): string
  /** Ends it with the signal and waits for its end. @returns the exit code, null after a kill */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null>
}

/**
 * Starts `glia serve` and waits until it listens.
 * @param options.dataDir default: a new one with the settings of tests
 * @param options.port default: any free one
 * @param options.args instead of the configuration of tests
 */
export async function spawnServer(
  options: { dataDir?: string; port?: number; args?: string[]; env?: Record<string, string> } = {},
): Promise<ServerProcess> {
  const dataDir = options.dataDir ?? newDataDir()
  const portArguments = options.port === undefined ? [] : ['--port', String(options.port)]
  const startedAt = performance.now()
  const child = spawn(
    process.execPath,
    [launcher, 'serve', '--data-dir', dataDir, ...(options.args ?? configArguments(dataDir)), ...portArguments],
    {
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  let output = ''
  const url = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk.toString()
      const found = /listens on (http:\S+)/.exec(output)
      if (found?.[1]) resolve(found[1])
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.once('exit', (code) => reject(new Error(`glia serve ended with ${code}:\n${output}`)))
    child.once('error', reject)
  })
  return {
    url,
    dataDir,
    pid: child.pid!,
    startMs: performance.now() - startedAt,
    output: () => output,
    end: (signal) => end(child, signal),
  }
}

function configArguments(dataDir: string): string[] {
  return ['--config', join(dataDir, 'test.yaml')]
}

/** A data folder with the settings of tests (registration open, no rate limits) and any free port. */
export function newDataDir(config: Record<string, unknown> = {}): string {
  const dataDir = mkdtempSync(join(tmpdir(), 'glia-process-'))
  writeFileSync(join(dataDir, 'test.yaml'), stringify(testSettings(config)))
  writeSharedSecret(dataDir)
  return dataDir
}

function end(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode)
  return new Promise((resolve) => {
    child.once('exit', (code) => resolve(code))
    child.kill(signal)
  })
}
