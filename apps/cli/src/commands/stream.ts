import type { StreamType } from '@glia/contract'
import type { Command } from 'commander'
import { type CommandContext, connectionOf } from '../command-context.ts'
import { RefusedError } from '../errors.ts'

/** `glia stream`: what happens on the server, as it happens. */
export function addStreamCommand(program: Command, context: CommandContext): void {
  const { terminal } = context
  program
    .command('stream')
    .summary('print what happens on a Glia server, as it happens')
    .description(
      'Prints audit records, reports, registrations, tasks and bulk jobs as they come, one JSON object a line ({"type", "id", "data"}), until it is ' +
        'interrupted. A lost connection is made anew, without loss.',
    )
    .option('--types <types>', 'some of audit, report, registration, task, bulk_job, with commas between (default: all that you may read)')
    .option('--from <id>', 'go on behind the event with this id')
    .action(async (options: { types?: string; from?: string }, command: Command) => {
      const { ApiError, createClient, followStream } = await import('@glia/client')
      const { baseUrl, fetch } = await connectionOf(command, context)
      const client = createClient({ baseUrl, fetch })
      const { types, from } = options
      try {
        const wanted = {
          ...(types === undefined ? {} : { types: types.split(',') as StreamType[] }),
          ...(from === undefined ? {} : { from }),
        }
        for await (const event of followStream(client, wanted)) terminal.out(JSON.stringify(event))
      } catch (error) {
        throw error instanceof ApiError ? new RefusedError(undefined, error.status, error.body, []) : error
      }
    })
}
