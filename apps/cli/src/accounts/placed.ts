import type { Command } from 'commander'

/** Which server on this machine is meant. */
export interface PlacedOptions {
  readonly dataDir?: string
  readonly config?: string[]
}

/** Adds the options that name a server on this machine. */
export function placed(command: Command): Command {
  return command
    .option('--data-dir <dir>', 'data folder of the server on this machine')
    .option('-c, --config <file>', 'configuration of the server on this machine (may be repeated)', (file: string, all: string[] = []) => [
      ...all,
      file,
    ])
}
