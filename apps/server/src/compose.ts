import {
  createAccounts,
  createAdminCheck,
  createAppserviceTokens,
  createAuthCleanup,
  createAuthenticator,
  createAuthLink,
  createBrowserSessions,
  createErrorPage,
  createLegacyAuth,
  createLoginTokens,
  createPasswordHasher,
  createPolicyData,
  createSessionActivity,
  createSessions,
  createUpstream,
  externalNameOf,
  nameOfProvider,
  type PageContinuation,
} from '@glia/auth'
import { allEndpoints } from '@glia/contract'
import type { AnyTransaction } from '@glia/database'
import {
  type AuthLink,
  appserviceClientRoutes,
  createAppservices,
  createMedia,
  createPushSender,
  createSampler,
  createServerNotices,
  createSignalRelay,
  createSlidingSync,
  createSync,
  createTasks,
  createUrlPreviews,
  ensureSenders,
  FolderMediaStore,
  type HomeserverSchema,
  mediaAdminRoutes,
  mediaClientRoutes,
  type ProfileLookup,
  presenceClientRoutes,
  RecentChanges,
  SignalBus,
  StateViews,
  serverNoticeRoutes,
  slidingSyncClientRoutes,
  syncClientRoutes,
  systemRoutes,
  taskAdminRoutes,
  timeSeriesRoutes,
  urlPreviewClientRoutes,
} from '@glia/homeserver'
import { createHttpServer, createMetrics, type Metrics, type Requester, type Route } from '@glia/http'
import { type Clock, createLogger, type Logger, type Random } from '@glia/platform'
import { isExclusiveUser, roomVersion, type ServerName, type UserId } from '@glia/protocol'
import type { FastifyInstance } from 'fastify'
import { composeAccounts } from './compose-accounts.ts'
import { type Administration, composeAdministration } from './compose-administration.ts'
import { composeAudit } from './compose-audit.ts'
import { composeBulk } from './compose-bulk.ts'
import { composeEmail } from './compose-email.ts'
import { composeOAuth } from './compose-oauth.ts'
import { composeOutbound } from './compose-outbound.ts'
import { composePresence } from './compose-presence.ts'
import { composeReading } from './compose-reading.ts'
import { composeRoomAdministration } from './compose-room-administration.ts'
import { composeRooms } from './compose-rooms.ts'
import { composeUserData } from './compose-user-data.ts'
import { type Config, publicBaseurl } from './config/index.ts'
import { openServerDatabase } from './open-server-database.ts'
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
  const logger = options.logger ?? createLogger(config.log)
  const database = await openServerDatabase(config, logger)

  const signals = new SignalBus()
  const relay = createSignalRelay({ database: database.as(), signals, random, logger })
  const changes = new RecentChanges({ database: database.as(), signals })
  const metrics = config.listeners.some(({ type }) => type === 'metrics') ? await createMetrics() : undefined
  let boundPort = config.listeners.find(({ type }) => type === 'http')?.port ?? 8008
  const publicBaseUrl = () => publicBaseurl(config, boundPort)

  const outbound = composeOutbound({ config })

  const serverName = config.server.name as ServerName
  const services = config.appservices.registrations.map(({ service }) => service)
  const isSoleProcess = config.database.kind === 'sqlite'
  const appservices = createAppservices(
    {
      database: database.as(),
      signals,
      clock,
      random,
      logger,
      outbound: outbound.trusted,
      typing: () => userData.typing,
      isSoleProcess,
    },
    config.appservices.registrations,
  )
  const profileOf: ProfileLookup = async (userId) => (await users.find(userId as UserId)) ?? {}
  const presence = composePresence({ config, database: database.as(), signals, clock, random, logger })
  const onActive = (requester: Requester) => presence?.active(requester)
  const rooms = composeRooms({
    onActive,
    config,
    database: database.as(),
    signals,
    clock,
    random,
    logger,
    serverName,
    profileOf,
    findUser: (userId) => users.find(userId),
    followUpgrade: (userId, roomId) => userData.followUpgrade(userId, roomId),
    askForAlias: appservices.askForAlias,
    async askForUser(userId) {
      if (services.length > 0 && !(await users.find(userId))) await appservices.askForUser(userId)
    },
  })

  const localAccounts = composeAccounts({
    database: database.as(),
    clock,
    logger,
    serverName,
    auth: () => authLink,
    leaveAllRooms: rooms.upkeep.leaveAllRooms,
    propagateProfile: rooms.upkeep.propagateProfile,
    passwordsEnabled: config.auth.passwordsEnabled,
    isReserved: (userId) => services.some((service) => isExclusiveUser(service, userId)),
    askForUser: appservices.askForUser,
    validityMs: config.registration.validity?.periodMs ?? undefined,
  })
  const { users, devices, deactivation, homeserverLink } = localAccounts

  deactivation.onUserDeactivated((tx: AnyTransaction, userId) => rooms.delayedEvents.deleteAll(tx, userId))

  deactivation.onUserDeactivated(async (tx: AnyTransaction, userId) => presence?.deleteAll(tx, userId))

  const userData = composeUserData({
    changes,
    onActive,
    config,
    random,
    database: database.as(),
    signals,
    clock,
    logger,
    serverName,
    publicBaseUrl,
    users,
    devices,
    deactivation,
    auth: () => authLink,
  })

  const history = { database: database.as<HomeserverSchema>(), views: new StateViews(), clock }
  const sync = createSync({
    ...history,
    signals,
    changes,
    typing: userData.typing,
    presence: presence && { includeOffline: config.presence.includeOfflineOnSync, lastActiveMs: presence.lastActiveMs },
  })
  const slidingSync = createSlidingSync({ ...history, signals, changes, typing: userData.typing, random, logger })
  devices.onDevicesDeleted((tx: AnyTransaction, userId, deviceIds) => slidingSync.deleteForDevices(tx, userId, deviceIds))

  const tasks = createTasks({ database: database.as(), signals, clock, random, logger, isSoleProcess })
  const roomAdministration = composeRoomAdministration({
    config,
    database: database.as(),
    signals,
    clock,
    random,
    serverName,
    tasks,
    timeline: rooms.timeline,
    upkeep: rooms.upkeep,
    profileOf,
  })
  const pushSender = createPushSender({
    database: database.as(),
    signals,
    changes,
    outbound: outbound.guarded,
    clock,
    random,
    logger,
    settings: config.push,
    isSoleProcess,
  })
  const serverNotices = createServerNotices({
    database: database.as(),
    signals,
    clock,
    random,
    serverName,
    timeline: rooms.timeline,
    upkeep: rooms.upkeep,
    users,
    version: roomVersion(config.rooms.defaultVersion)!,
    settings: config.rooms.serverNotices,
  })
  const media = createMedia({
    database: database.as(),
    store: new FolderMediaStore(config.media.storePath, { clock, random, isShared: !isSoleProcess }),
    signals,
    clock,
    random,
    logger,
    settings: { ...config.media, createLimit: config.ratelimiting.mediaCreate },
  })
  const urlPreviews = config.urlPreviews.enabled
    ? createUrlPreviews({
        database: database.as(),
        outbound: outbound.previews,
        media,
        clock,
        logger,
        serverName,
        settings: { ...config.urlPreviews, maxImagePixels: config.media.maxImagePixels },
      })
    : undefined

  const sessionLifetimes = {
    oauthAccessMs: config.auth.accessTokenLifetimeMs,
    legacyAccessMs: config.auth.nonrefreshableAccessTokenLifetimeMs ?? undefined,
    legacyRefreshableAccessMs: config.auth.refreshableAccessTokenLifetimeMs,
    legacyRefreshMs: config.auth.refreshTokenLifetimeMs ?? undefined,
    sessionMs: config.auth.sessionLifetimeMs ?? undefined,
  }
  const accounts = createAccounts({ clock, random })
  const passwords = createPasswordHasher({ random })
  const sessions = createSessions({ clock, random, lifetimes: sessionLifetimes })
  const sessionActivity = createSessionActivity({ database: database.as(), clock, logger })
  const authCleanup = createAuthCleanup({ database: database.as(), clock, logger })
  const policyData = createPolicyData({ database: database.as(), config: config.auth.policy, clock, random, logger })
  const mayAdminister = createAdminCheck(policyData)
  const upstream = createUpstream<PageContinuation>({
    database: database.as(),
    homeserver: homeserverLink,
    outbound: outbound.trusted,
    clock,
    random,
    providers: config.auth.upstreamProviders,
    issuer: publicBaseUrl,
  })
  const authLink: AuthLink = {
    ...createAuthLink({ database: database.as(), accounts, passwords, sessions, links: upstream.links }),
    confirmIdentity: (requester, auth, operation) => legacyAuth.confirmIdentity(requester, auth, operation),
  }
  const appserviceTokens = createAppserviceTokens(config.appservices.registrations)
  const authenticator = createAuthenticator({
    database: database.as(),
    homeserver: homeserverLink,
    activity: sessionActivity,
    clock,
    mayAdminister,
    appservices: appserviceTokens,
    areAppserviceIpsTracked: config.appservices.userIpsTracked,
    areAccountsLimited: config.registration.validity !== null,
  })

  const email = composeEmail({ config, database: database.as(), homeserver: homeserverLink, clock, random, logger, publicBaseUrl })
  const loginTokens = createLoginTokens({ clock, random })
  const legacyAuth = createLegacyAuth({
    database: database.as(),
    homeserver: homeserverLink,
    accounts,
    passwords,
    sessions,
    clock,
    random,
    secret: config.server.secret,
    passwordsEnabled: config.auth.passwordsEnabled,
    appservices: appserviceTokens,
    email: { ...config.email, validations: email.pages.emailValidations },
    loginTokens,
    existingSession: config.auth.existingSession,
    identityProviders: upstream.providers.map((provider) => ({
      id: externalNameOf(provider),
      name: nameOfProvider(provider),
      brand: provider.brandName ?? undefined,
    })),
    registration: config.registration,
    limits: config.ratelimiting,
  })

  const oauth = composeOAuth({
    config,
    clock,
    random,
    database: database.as(),
    homeserver: homeserverLink,
    accounts,
    passwords,
    passwordCheck: legacyAuth.passwordCheck,
    sessions,
    browserSessions: createBrowserSessions({ clock, random }),
    email: email.pages,
    loginTokens,
    allowCrossSigningReset: userData.keys.allowCrossSigningReset,
    policyData,
    mayAdminister,
    upstream,
    logger,
    issuer: publicBaseUrl,
  })

  const sampler = createSampler({ database: database.as(), clock, logger })
  const audit = composeAudit({ database: database.as(), users, accounts, clock, random, logger })

  const routes: Route[] = [
    ...audit.routes,
    ...composeBulk({
      database: database.as(),
      tasks,
      clock,
      random,
      logger,
      users,
      devices,
      deactivation,
      auth: () => authLink,
      recordChange: audit.recordChange,
    }),
    ...oauth.routes,
    ...legacyAuth.routes,
    ...localAccounts.routes,
    ...userData.routes,
    ...rooms.routes,
    ...roomAdministration,
    ...serverNoticeRoutes({ serverNotices }),
    ...composeReading({ config, ...history, random, logger, tasks, outbound: outbound.trusted }),
    ...syncClientRoutes({ sync, presence }),
    ...slidingSyncClientRoutes({ slidingSync }),
    ...presenceClientRoutes({ presence, clock }),
    ...mediaClientRoutes({ media, serverName, maxUploadSizeBytes: config.media.maxUploadSizeBytes }),
    ...urlPreviewClientRoutes({ urlPreviews, clock }),
    ...mediaAdminRoutes({ database: database.as(), media, clock, serverName }),
    ...taskAdminRoutes({ tasks }),
    ...timeSeriesRoutes({ database: database.as(), clock }),
    ...appserviceClientRoutes({ database: database.as(), appservices }),
    ...systemRoutes({
      database: database.as(),
      publicBaseUrl,
      version: gliaVersion,
      defaultRoomVersion: config.rooms.defaultVersion,
      passwordChangeEnabled: config.auth.passwordsEnabled,
      adminContact: config.server.adminContact ?? undefined,
      extraWellKnown: config.server.extraWellKnown,
      rtcTransports: config.calls.rtcTransports,
      features: { delayedEvents: config.rooms.maxEventDelayMs !== null, rtcTransports: config.calls.rtcTransports.length > 0 },
      threepidChangesEnabled: config.email.changesEnabled,
      loginTokensEnabled: config.auth.existingSession.isEnabled,
    }),
  ]

  await ensureSenders({ database: database.as(), users, auth: () => authLink }, services)

  refuseUnanswered(routes)
  const app = createHttpServer({
    routes,
    authenticator,
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

  return {
    app,
    metrics,
    logger,
    async start({ port }) {
      boundPort = port
      await relay.start()
      await localAccounts.start()
      await serverNotices.start()
      await policyData.start()
      await upstream.start()
      authCleanup.start()
      email.start()
      rooms.cleanup.start()
      await rooms.delayedEvents.start()
      presence?.start()
      slidingSync.start()
      await media.start()
      urlPreviews?.start()
      await tasks.start()
      sampler.start()
      await appservices.start()
      if (config.push.enabled) await pushSender.start()
    },
    endLongPolls() {
      sync.stop()
      slidingSync.endLongPolls()
    },
    createSetupLink: oauth.createSetupLink,
    administration: composeAdministration({
      database: database.as(),
      homeserver: homeserverLink,
      accounts,
      passwords,
      sessions,
      random,
      createSetupLink: oauth.createSetupLink,
      recordChange: audit.recordChange,
    }),
    async stop() {
      await app.close()
      await appservices.stop()
      await pushSender.stop()
      await tasks.stop()
      await sampler.stop()
      urlPreviews?.stop()
      await media.stop()
      await email.stop()
      await authCleanup.stop()
      await policyData.stop()
      await rooms.cleanup.stop()
      await rooms.delayedEvents.stop()
      await presence?.stop()
      await slidingSync.stop()
      await sessionActivity.stop()
      await relay.stop()
      await localAccounts.stop()
      await outbound.close()
      await database.close()
    },
  }
}

/** An endpoint without a route, or a route without an endpoint in the contract, is a mistake of ours: better not to start. */
function refuseUnanswered(routes: readonly Route[]): void {
  const answered = new Set(routes.map(({ endpoint }) => endpoint.id))
  const declared = new Set(allEndpoints().map(({ id }) => id))
  const missing = [...declared].filter((id) => !answered.has(id))
  const undeclared = [...answered].filter((id) => !declared.has(id))
  if (missing.length > 0 || undeclared.length > 0 || answered.size !== routes.length) {
    throw new Error(
      `routes and contract differ: without route: ${missing.join(', ') || '-'}; not in the contract: ${undeclared.join(', ') || '-'}`,
    )
  }
}
