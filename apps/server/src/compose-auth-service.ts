import {
  createErrorPage,
  createHomeserverCalls,
  createHomeserverConnection,
  createRemoteHomeserverLink,
  type RemoteHomeserverSettings,
} from '@glia/auth'
import { type HomeserverSchema, healthRoute, recordChange } from '@glia/homeserver'
import { createHttpServer, createMetrics, type Route } from '@glia/http'
import { createLogger } from '@glia/platform'
import type { ServerName } from '@glia/protocol'
import type { ComposeOptions, Server } from './compose.ts'
import { composeAccounts } from './compose-accounts.ts'
import { composeAudit, type RecordChange } from './compose-audit.ts'
import { composeAuth } from './compose-auth.ts'
import { composeOutbound } from './compose-outbound.ts'
import { publicBaseurl } from './config/index.ts'
import { openServerDatabase } from './open-server-database.ts'
import { refuseTwice } from './refuse-unanswered.ts'
import { inOrder } from './running.ts'

/**
 * Only the auth service, for a homeserver that is another program (`glia.auth.matrix`). Accounts and devices are kept in this database, and
 * the homeserver is told of them; rooms, media and the rest are not here.
 */
export async function composeAuthService(options: ComposeOptions, settings: RemoteHomeserverSettings): Promise<Server> {
  const { config, clock, random } = options
  const logger = options.logger ?? createLogger(config.log)
  const database = await openServerDatabase(config, logger)
  const serverName = config.server.name as ServerName
  // the console, whose admins are told of changes, is not here
  const tellAdmins = async () => {}
  const base = { config, database: database.as<HomeserverSchema>(), clock, random, logger, serverName, tellAdmins }
  const metrics = config.listeners.some(({ type }) => type === 'metrics') ? await createMetrics() : undefined
  let boundPort = config.listeners.find(({ type }) => type === 'http')?.port ?? 8008
  const outbound = composeOutbound({ config, isBlocked: async () => false })

  const accounts = composeAccounts({
    ...base,
    auth: () => authService.authLink,
    // what a user leaves behind in rooms, the homeserver sees to when it is told
    leaveAllRooms: async () => {},
    propagateProfile: async () => {},
    passwordsEnabled: config.auth.passwordsEnabled,
    isReserved: () => false,
    askForUser: async () => false,
    validityMs: config.registration.validity?.periodMs ?? undefined,
  })
  const connection = createHomeserverConnection(settings, outbound.trusted)
  const calls = createHomeserverCalls({ database: database.as(), connection, clock, logger })
  const writeChange: RecordChange = (tx, change) => recordChange(tx, base, change)
  const authService = composeAuth({
    ...base,
    database: database.as(),
    homeserver: createRemoteHomeserverLink({ local: accounts.homeserverLink, database: database.as(), calls, connection }),
    outbound,
    publicBaseUrl: () => publicBaseurl(config, boundPort),
    allowCrossSigningReset: (tx, userId) => calls.add(tx, userId, 'allow_cross_signing_reset', {}),
    recordChange: writeChange,
    introspector: { secret: settings.secret, settle: calls.settle },
  })
  const audit = composeAudit({ ...base, database: database.as(), users: accounts.users, accounts: authService.accounts })

  const routes: Route[] = [...audit.routes, ...authService.routes, healthRoute(database.as())]
  refuseTwice(routes)
  const app = createHttpServer({
    routes,
    authenticator: authService.authenticator,
    auditTrail: audit.auditTrail,
    serverName,
    logger,
    clock,
    metrics,
    errorPage: createErrorPage(serverName),
    trustProxy: config.listeners.some(({ type, xForwarded }) => type === 'http' && xForwarded),
    checkAnswers: options.checkAnswers ?? false,
  })
  const running = inOrder(
    [
      { stop: () => database.close() },
      { stop: () => outbound.close() },
      accounts,
      calls,
      ...authService.running,
      { stop: () => app.close() },
    ],
    logger,
  )
  return {
    app,
    consolePath: undefined,
    metrics,
    logger,
    async start({ port }) {
      boundPort = port
      await running.start()
    },
    endLongPolls() {},
    createSetupLink: authService.createSetupLink,
    administration: authService.administration,
    stop: running.stop,
  }
}
