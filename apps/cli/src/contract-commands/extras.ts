import { setTimeout as sleep } from 'node:timers/promises'
import { contract, type ResponseOf } from '@glia/contract'
import type { Command } from 'commander'
import type { Connection } from '../connection.ts'
import { CliError, RefusedError } from '../errors.ts'
import type { Terminal } from '../terminal.ts'
import { callEndpoint, type EndpointInput } from './call-endpoint.ts'

interface ExtraCall {
  readonly connection: Connection
  readonly input: EndpointInput
  readonly options: Readonly<Record<string, unknown>>
  readonly terminal: Terminal
}

/** What a command does beyond its one request. */
interface Extra {
  addOptions?(command: Command): void
  /** @returns what a person is asked before the request is sent; undefined: nothing */
  confirm?(call: ExtraCall): Promise<string | undefined>
  /** @throws CliError to keep the request from being sent */
  before?(call: ExtraCall): Promise<void>
  /** @returns what to print */
  after?(call: ExtraCall, answer: unknown): Promise<unknown>
}

const { getUser, putUser } = contract.admin.users
const { deleteRoomV2, getRoomDeletion } = contract.admin.rooms
const { startUserBulk, getBulkJob } = contract.glia.bulk
const POLL_MS = 500

/** By endpoint id. */
export const extras: Readonly<Record<string, Extra>> = {
  [putUser.id]: {
    addOptions: (command) => command.option('--create', 'make the account if there is none'),
    // the request alone would make an account out of a misspelt name
    async before({ connection, input, options }) {
      if (options.create) return
      try {
        await callEndpoint(connection, getUser, { params: input.params, query: {}, body: {} })
      } catch (error) {
        if (!(error instanceof RefusedError) || error.status !== 404) throw error
        throw new CliError(`there is no ${input.params.user_id}`, {
          hints: ['To make the account: add --create, or use glia users create'],
        })
      }
    },
  },
  [deleteRoomV2.id]: {
    addOptions: (command) => command.option('--wait', 'wait until the deletion is done, and tell what it did'),
    async after({ connection, options, terminal }, answer) {
      if (!options.wait) return answer
      const { delete_id } = answer as { delete_id: string }
      terminal.note(`Deletion ${delete_id} is under way ...`)
      for (;;) {
        const deletion = (await callEndpoint(connection, getRoomDeletion, { params: { delete_id }, query: {}, body: {} })) as {
          status: string
          error?: string
        }
        if (deletion.status === 'complete') return deletion
        if (['failed', 'cancelled'].includes(deletion.status)) {
          throw new CliError(
            `the deletion ${deletion.status === 'failed' ? 'failed' : 'was cancelled'}: ${deletion.error ?? 'no reason given'}`,
          )
        }
        await sleep(POLL_MS)
      }
    },
  },
  [startUserBulk.id]: {
    addOptions: (command) => command.option('--wait', 'wait until the job is over, and tell how it went'),
    async confirm({ connection, input }) {
      if (input.body.dry_run) return undefined
      const dryRun = { ...input, body: { ...input.body, dry_run: true } }
      const { would } = (await callEndpoint(connection, startUserBulk, dryRun)) as ResponseOf<typeof startUserBulk>
      return `${input.body.action}: ${would!.act_on} users at ${connection.baseUrl}, ${would!.skip} left out: ${would!.examples.join(', ')}${would!.act_on > would!.examples.length ? ', …' : ''}.`
    },
    async after({ connection, options, terminal }, answer) {
      const { job, would } = answer as ResponseOf<typeof startUserBulk>
      if (!job || !options.wait) return job ?? would
      terminal.note(`Job ${job.job_id} is under way ...`)
      for (;;) {
        const now = (await callEndpoint(connection, getBulkJob, { params: { job_id: job.job_id }, query: {}, body: {} })) as typeof job
        if (now.state === 'failed')
          throw new CliError(`the job failed after ${now.done} users; glia bulk set-state ${now.job_id} --state running`)
        if (now.state !== 'running') return now
        await sleep(POLL_MS)
      }
    },
  },
}
