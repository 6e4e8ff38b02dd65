import { setTimeout as sleep } from 'node:timers/promises'
import { contract } from '@glia/contract'
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
  addOptions(command: Command): void
  /** @throws CliError to keep the request from being sent */
  before?(call: ExtraCall): Promise<void>
  /** @returns what to print */
  after?(call: ExtraCall, answer: unknown): Promise<unknown>
}

const { getUser, putUser } = contract.admin.users
const { deleteRoomV2, getRoomDeletion } = contract.admin.rooms
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
}
