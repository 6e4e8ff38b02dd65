import { fileURLToPath } from 'node:url'
import { type RunningProgram, startProgram } from './programs.ts'

const SCRIPT = fileURLToPath(new URL('../../scripts/device-code-grant.sh', import.meta.url))

/** Starts `scripts/device-code-grant.sh`. */
export function runDeviceCodeScript(args: string[], env: NodeJS.ProcessEnv = process.env): RunningProgram {
  return startProgram('/bin/sh', [SCRIPT, ...args], { env })
}
