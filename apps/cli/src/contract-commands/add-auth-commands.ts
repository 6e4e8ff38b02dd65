import { contract } from '@glia/contract'
import type { Command } from 'commander'
import { type CommandContext, connectionOf, globalOptions } from '../command-context.ts'
import { printAnswer } from '../output/print.ts'
import { addEndpointCommand, groupOf } from './add-contract-commands.ts'
import { accountId, callAllResources } from './auth-resources.ts'
import { callEndpoint } from './call-endpoint.ts'
import { authEndpointCommands } from './command-names.ts'

/** What an account can be signed in with: how it is listed, and how one of it is ended. */
const KINDS = {
  browser: { list: contract.authAdmin.userSessions.listUserSessions, end: contract.authAdmin.userSessions.finishUserSession },
  compat: { list: contract.authAdmin.compatSessions.listCompatSessions, end: contract.authAdmin.compatSessions.finishCompatSession },
  oauth2: { list: contract.authAdmin.oauth2Sessions.listOAuth2Sessions, end: contract.authAdmin.oauth2Sessions.finishOAuth2Session },
  personal: {
    list: contract.authAdmin.personalSessions.listPersonalSessions,
    end: contract.authAdmin.personalSessions.revokePersonalSession,
  },
}

/** `glia auth THING ACTION`: a command for each endpoint of MAS's Admin API, of Glia or of MAS itself. */
export function addAuthCommands(program: Command, context: CommandContext): void {
  const auth = program
    .command('auth')
    .summary("the auth service: MAS's Admin API")
    .description("Commands for MAS's Admin API, at Glia or at MAS itself. They need the scope urn:mas:admin.")
  for (const command of authEndpointCommands()) addEndpointCommand(groupOf(auth, command.group), command, context)
  addKillSessions(groupOf(auth, 'users'), context)
}

function addKillSessions(users: Command, context: CommandContext): void {
  users
    .command('kill-sessions')
    .summary('end all sessions of an account')
    .description('Ends everything that an account is signed in with: browsers, OAuth and legacy sessions, personal tokens that act as it.')
    .argument('<name>', 'id, user id or its first part')
    .option('--dry-run', 'only list them')
    .action(async (name: string, { dryRun = false }: { dryRun?: boolean }, command: Command) => {
      const connection = await connectionOf(command, context)
      const id = await accountId(connection, name)
      const ended: { kind: string; id: string; created_at: unknown }[] = []
      for (const [kind, { list, end }] of Object.entries(KINDS)) {
        const user = kind === 'personal' ? 'filter[actor_user]' : 'filter[user]'
        const query = { [user]: id, 'filter[status]': 'active', 'page[first]': 100, count: 'false' }
        for (const session of (await callAllResources(connection, list, { params: {}, query, body: {} })).data) {
          if (!dryRun) await callEndpoint(connection, end, { params: { id: session.id }, query: {}, body: {} })
          ended.push({ kind, id: session.id, created_at: session.attributes.created_at })
        }
      }
      printAnswer(context.terminal, globalOptions(command).output, { [dryRun ? 'live' : 'ended']: ended, total: ended.length })
    })
}
