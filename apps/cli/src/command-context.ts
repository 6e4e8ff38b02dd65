import type { Environment } from '@glia/platform'
import type { Command } from 'commander'
import { type Connection, type ConnectionOptions, openConnection } from './connection.ts'
import type { Terminal } from './terminal.ts'

export interface CommandContext {
  readonly terminal: Terminal
  readonly env: Environment
}

export type OutputFormat = 'table' | 'json'

/** The options that every command takes, before or after its name. */
export interface GlobalOptions extends ConnectionOptions {
  readonly output: OutputFormat
}

export function globalOptions(command: Command): GlobalOptions {
  const { profile, url, token, output, json } = command.optsWithGlobals<Partial<GlobalOptions> & { json?: boolean }>()
  return { profile, url, token, output: json ? 'json' : (output ?? 'table') }
}

export function connectionOf(command: Command, { env }: CommandContext): Promise<Connection> {
  return openConnection(globalOptions(command), env)
}
