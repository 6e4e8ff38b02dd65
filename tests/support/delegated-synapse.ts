import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '@glia/testing'
import { stringify } from 'yaml'
import { runProgram } from './programs.ts'

/** A real Synapse that leaves signing in to another service. */
export interface DelegatedSynapse {
  readonly url: string
  start(authService: string): Promise<void>
  remove(): Promise<void>
}

/**
 * The program that starts a Synapse: `SYNAPSE_LAUNCHER start --port N --data DIR --fresh --server-name NAME --extra FILE.yaml` and
 * `stop --data DIR`. Undefined, with a reason printed, where there is none.
 */
export function synapseLauncher(): string | undefined {
  const launcher = process.env.SYNAPSE_LAUNCHER
  if (launcher && existsSync(launcher)) return launcher
  console.info('Skipped: SYNAPSE_LAUNCHER does not name a program that starts a Synapse.')
  return undefined
}

export async function delegatedSynapse(launcher: string, serverName: string): Promise<DelegatedSynapse & { readonly secret: string }> {
  const port = await freePort()
  const data = mkdtempSync(join(tmpdir(), 'delegated-synapse-'))
  const secret = randomBytes(20).toString('base64url')
  const run = async (args: readonly string[]) => {
    const { status, out, err } = await runProgram(launcher, args)
    if (status !== 0) throw new Error(`${args[0]} of Synapse failed: ${out}${err}`)
  }
  return {
    url: `http://127.0.0.1:${port}`,
    secret,
    async start(authService) {
      const extra = join(data, 'delegation.yaml')
      const settings = {
        enable_registration: false,
        password_config: { enabled: false },
        matrix_authentication_service: { enabled: true, endpoint: authService, secret },
      }
      writeFileSync(extra, stringify(settings))
      await run(['start', '--port', String(port), '--data', data, '--fresh', '--server-name', serverName, '--extra', extra])
    },
    async remove() {
      await run(['stop', '--data', data]).catch(() => {})
      rmSync(data, { recursive: true, force: true })
    },
  }
}
