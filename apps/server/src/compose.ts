import { type AuthSchema, createErrorPage } from '@glia/auth'
import type { AnyTransaction } from '@glia/database'
import {
  appserviceClientRoutes,
  createAppservices,
  createPushSender,
  createRetention,
  createSampler,
  createServerNotices,
  createSignalRelay,
  createTasks,
  createTellAdmins,
  ensureSenders,
  type HomeserverSchema,
  historyPurgeRunner,
  isServerBlocked,
  listRoutes,
  type ProfileLookup,
  provisioningRoutes,
  RecentChanges,
  recordChange,
  retentionRoutes,
  SignalBus,
  StateViews,
  serverNoticeRoutes,
  systemRoutes,
  taskAdminRoutes,
  timeSeriesRoutes,
} from '@glia/homeserver'
import { createHttpServer, createMetrics, type Metrics, type Requester, type Route } from '@glia/http'
import { type Clock, createLogger, type Logger, type Random } from '@glia/platform'
import { isExclusiveUser, roomVersion, type ServerName, type UserId } from '@glia/protocol'
import type { FastifyInstance } from 'fastify'
import { composeAccounts } from './compose-accounts.ts'
import { composeAdminStream } from './compose-admin-stream.ts'
import type { Administration } from './compose-administration.ts'
import { composeAudit, type RecordChange } from './compose-audit.ts'
import { composeAuth } from './compose-auth.ts'
import { composeAuthService } from './compose-auth-service.ts'
import { composeBulk } from './compose-bulk.ts'
import { composeDelegatedAuth } from './compose-delegated-auth.ts'
import { composeMedia } from './compose-media.ts'
import { composeOutbound } from './compose-outbound.ts'
import { composePresence } from './compose-presence.ts'
import { composeReading } from './compose-reading.ts'
import { composeRoomAdministration } from './compose-room-administration.ts'
import { composeRooms } from './compose-rooms.ts'
import { composeSync } from './compose-sync.ts'
import { composeUserData } from './compose-user-data.ts'
import { type Config, publicBaseurl } from './config/index.ts'
import { openServerDatabase } from './open-server-database.ts'
import { refuseTwice, refuseUnanswered } from './refuse-unanswered.ts'
import { inOrder } from './running.ts'
import { gliaVersion } from './version.ts'
import { serveApiDocs, serveConsole } from './web/index.ts'

export interface ComposeOptions {
  readonly config: Config
  readonly clock: Clock
  readonly random: Random
  /** Default: as configured, on stdout. */
  readonly logger?: Logger
  /** Tests: answers that do not fit the contract fail. */
  readonly checkAnswers?: boolean
}

/** A homeserver, built and with its tables made, not listening yet. */
export interface Server {
  readonly app: FastifyInstance
  /** Where the console is: not where only the auth service runs. */
  readonly consolePath: string | undefined
  /** Taken only if a listener answers with them. */
  readonly metrics: Metrics | undefined
  readonly logger: Logger
  /** Starts what goes on beside requests. The port that was really bound is known now. */
  start(listening: { port: number }): Promise<void>
  /** Answers all waiting `/sync` requests, so that connections can be closed. */
  endLongPolls(): void
  /** A link with which the first admin account can be made, once; undefined when there is an admin. */
  createSetupLink(): Promise<string | undefined>
  /** What needs no token; works without `start`, too. */
  readonly administration: Administration
  /** Stops background work, writes what is still in memory, closes the database. Call it when nothing is answered any more. */
  stop(): Promise<void>
}

/** The only place where objects are built: from the configuration, in order, by plain constructors. */
export async function compose(options: ComposeOptions): Promise<Server> {
  const { config, clock, random } = options
  if (config.auth.remoteHomeserver) return composeAuthService(options, config.auth.remoteHomeserver)
  const logger = options.logger ?? createLogger(config.log)
  const database = await openServerDatabase(config, logger)

  const signals = new SignalBus()
  const serverName = config.server.name as ServerName
  const isSoleProcess = config.database.kind === 'sqlite'
  const tellAdmins = createTellAdmins({ clock, random, signals })
  const base = { config, database: database.as<HomeserverSchema>(), signals, clock, random, logger, serverName, isSoleProcess, tellAdmins }
  const relay = createSignalRelay(base)
  const changes = new RecentChanges(base)
  const metrics = config.listeners.some(({ type }) => type === 'metrics') ? await createMetrics() : undefined
  let boundPort = config.listeners.find(({ type }) => type === 'http')?.port ?? 8008
  const publicBaseUrl = () => publicBaseurl(config, boundPort)

  const outbound = composeOutbound({ config, isBlocked: (host) => isServerBlocked(base.database.read, host, clock.nowMs()) })

  const services = config.appservices.registrations.map(({ service }) => service)
  const appservices = createAppservices(
    { ...base, outbound: outbound.trusted, typing: () => userData.typing },
    config.appservices.registrations,
  )
  const auth = () => authService.authLink
  const profileOf: ProfileLookup = async (userId) => (await users.find(userId as UserId)) ?? {}
  const presence = composePresence(base)
  const onActive = (requester: Requester) => presence?.active(requester)
  const rooms = composeRooms({
    ...base,
    onActive,
    profileOf,
    findUser: (userId) => users.find(userId),
    followUpgrade: (userId, roomId) => userData.followUpgrade(userId, roomId),
    askForAlias: appservices.askForAlias,
    async askForUser(userId) {
      if (services.length > 0 && !(await users.find(userId))) await appservices.askForUser(userId)
    },
  })

  const localAccounts = composeAccounts({
    ...base,
    auth,
    leaveAllRooms: rooms.upkeep.leaveAllRooms,
    propagateProfile: rooms.upkeep.propagateProfile,
    passwordsEnabled: config.auth.passwordsEnabled,
    isReserved: (userId) => services.some((service) => isExclusiveUser(service, userId)),
    askForUser: appservices.askForUser,
    validityMs: config.registration.validity?.periodMs ?? undefined,
  })
  const { users, devices, deactivation, homeserverLink } = localAccounts
  users.onUserCreated((tx, userId) => tellAdmins(tx, 'registration', userId))

  deactivation.onUserDeactivated(async (tx: AnyTransaction, userId) => {
    await rooms.delayedEvents.deleteAll(tx, userId)
    await presence?.deleteAll(tx, userId)
  })

  const userData = composeUserData({ ...base, changes, onActive, publicBaseUrl, users, devices, deactivation, auth })
  const views = new StateViews()
  const sync = composeSync({ ...base, views, changes, typing: userData.typing, presence, devices })

  const tasks = createTasks(base)
  const { timeline, upkeep } = rooms
  const roomAdministration = composeRoomAdministration({ ...base, tasks, timeline, upkeep, profileOf })
  const pushSender = config.push.enabled
    ? createPushSender({ ...base, changes, outbound: outbound.guarded, settings: config.push })
    : undefined
  const serverNotices = createServerNotices({
    ...base,
    timeline,
    upkeep,
    users,
    version: roomVersion(config.rooms.defaultVersion)!,
    settings: config.rooms.serverNotices,
  })
  const media = composeMedia({ ...base, publicBaseUrl, outbound: outbound.previews })
  const writeChange: RecordChange = (tx, change) => recordChange(tx, base, change)
  const retention = createRetention({
    ...base,
    tasks,
    media: media.media,
    purgeHistory: historyPurgeRunner({ ...base, timeline }),
    settings: config.retention,
  })
  const authParts = { ...base, database: database.as<AuthSchema>(), homeserver: homeserverLink, outbound }
  const delegated = config.auth.remoteAuth ? composeDelegatedAuth(authParts, config.auth.remoteAuth) : undefined
  const ownAuth = () =>
    composeAuth({
      ...authParts,
      publicBaseUrl,
      allowCrossSigningReset: userData.keys.allowCrossSigningReset,
      recordChange: writeChange,
    })
  const authService = delegated ?? ownAuth()
  const sampler = createSampler(base)
  const audit = composeAudit({ ...base, database: database.as(), users, accounts: authService.accounts })

  const adminStream = composeAdminStream(base)

  const routes: Route[] = [
    ...adminStream.routes,
    ...audit.routes,
    ...composeBulk({
      ...base,
      tasks,
      timeline,
      profileOf,
      media: media.media,
      users,
      devices,
      deactivation,
      auth,
      recordChange: writeChange,
    }),
    ...authService.routes,
    ...localAccounts.routes,
    ...provisioningRoutes({
      ...base,
      users,
      devices,
      deactivation,
      profiles: localAccounts.profiles,
      keys: userData.keys,
      dehydratedDevices: userData.dehydratedDevices,
      secret: config.auth.remoteAuth?.secret,
      forgetTokens: (userId) => delegated?.forgetTokens(userId),
    }),
    ...userData.routes,
    ...rooms.routes,
    ...roomAdministration,
    ...serverNoticeRoutes({ serverNotices }),
    ...composeReading({ ...base, views, tasks, serverNotices, outbound: outbound.trusted }),
    ...sync.routes,
    ...media.routes,
    ...listRoutes(base),
    ...retentionRoutes({ retention }),
    ...taskAdminRoutes({ tasks }),
    ...timeSeriesRoutes(base),
    ...appserviceClientRoutes({ ...base, appservices }),
    ...systemRoutes({
      database: database.as(),
      publicBaseUrl,
      version: gliaVersion,
      defaultRoomVersion: config.rooms.defaultVersion,
      passwordChangeEnabled: config.auth.passwordsEnabled && !delegated,
      adminContact: config.server.adminContact ?? undefined,
      extraWellKnown: config.server.extraWellKnown,
      rtcTransports: config.calls.rtcTransports,
      features: { delayedEvents: config.rooms.maxEventDelayMs !== null, rtcTransports: config.calls.rtcTransports.length > 0 },
      threepidChangesEnabled: config.email.changesEnabled && !delegated,
      loginTokensEnabled: config.auth.existingSession.isEnabled && !delegated,
    }),
  ]

  if (delegated) refuseTwice(routes)
  else refuseUnanswered(routes)
  const app = createHttpServer({
    routes,
    authenticator: authService.authenticator,
    auditTrail: audit.auditTrail,
    serverName: config.server.name,
    logger,
    clock,
    metrics,
    errorPage: createErrorPage(config.server.name),
    trustProxy: config.listeners.some(({ type, xForwarded }) => type === 'http' && xForwarded),
    checkAnswers: options.checkAnswers ?? false,
  })
  serveConsole(app)
  serveApiDocs(app)

  const running = inOrder(
    [
      { stop: () => database.close() },
      { stop: () => outbound.close() },
      relay,
      changes,
      localAccounts,
      serverNotices,
      ...authService.running,
      rooms.cleanup,
      rooms.delayedEvents,
      presence,
      sync.running,
      ...media.running,
      tasks,
      retention,
      adminStream.stream,
      sampler,
      appservices,
      pushSender,
      { stop: () => app.close() },
    ],
    logger,
  )
  try {
    await ensureSenders({ ...base, users, auth }, services)
  } catch (error) {
    await running.stop()
    throw error
  }
  return {
    app,
    consolePath: '/admin/',
    metrics,
    logger,
    async start({ port }) {
      boundPort = port
      await running.start()
    },
    endLongPolls() {
      sync.endLongPolls()
      void adminStream.stream.stop()
    },
    createSetupLink: authService.createSetupLink,
    administration: authService.administration,
    stop: running.stop,
  }
}
