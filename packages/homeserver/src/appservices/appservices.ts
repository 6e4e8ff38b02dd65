import type { Database } from '@glia/database'
import type { Clock, Logger, Outbound, Random } from '@glia/platform'
import type { HomeserverSchema } from '../schema.ts'
import type { SignalBus } from '../signals.ts'
import type { TypingUsers } from '../typing/index.ts'
import { createAppserviceHttp, type RegisteredAppservice } from './appservice-http.ts'
import { AppserviceFeed } from './feed.ts'
import { addFeed, forgetOtherFeeds } from './feed-store.ts'
import { type PingResult, ping } from './ping.ts'
import { type AppserviceQueries, createQueries } from './queries.ts'
import { createThirdParty, type ThirdParty } from './third-party.ts'

export interface AppservicesDeps {
  readonly database: Database<HomeserverSchema>
  readonly signals: SignalBus
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly outbound: Outbound
  readonly typing: () => TypingUsers
  /** No other process works on this database. */
  readonly isSoleProcess: boolean
}

/** What the server does for the application services that are registered. Without any it costs nothing. */
export interface Appservices extends AppserviceQueries {
  readonly thirdParty: ThirdParty
  /** Asks a service whether it is there. @throws MatrixError M_URL_NOT_SET, M_CONNECTION_FAILED, M_CONNECTION_TIMEOUT, M_BAD_STATUS */
  ping(appserviceId: string, transactionId: string | undefined): Promise<PingResult>
  /** Begins to send what is for the services; those that are new are told what happens from now on. */
  start(): Promise<void>
  stop(): Promise<void>
}

export function createAppservices(deps: AppservicesDeps, registrations: readonly RegisteredAppservice[]): Appservices {
  const { database, clock, random, logger, outbound } = deps
  const services = registrations.map((registration) => ({ ...registration, http: createAppserviceHttp(outbound, registration) }))
  const feeds = new Map<string, AppserviceFeed>()

  return {
    ...createQueries(services, logger),
    thirdParty: createThirdParty(services, { clock, logger }),
    async ping(appserviceId, transactionId) {
      const { service, http } = services.find((one) => one.service.id === appserviceId)!
      const result = await ping(service, http, clock, transactionId)
      feeds.get(appserviceId)?.retryNow()
      return result
    },
    async start() {
      const served = services.filter(({ service }) => service.url !== undefined)
      const servedIds = served.map(({ service }) => service.id)
      if (await hasFeeds(database)) await database.transaction((tx) => forgetOtherFeeds(tx, servedIds))
      if (served.length === 0) return
      const position = await database.currentPosition()
      await database.transaction(async (tx) => {
        for (const { service } of served) await addFeed(tx, service.id, position)
      })
      const processId = random.text(16, 'letters')
      for (const { service, http } of served) {
        const feed = new AppserviceFeed({ ...deps, typing: deps.typing(), processId }, service, http)
        feeds.set(service.id, feed)
        feed.start()
      }
    },
    async stop() {
      await Promise.all([...feeds.values()].map((feed) => feed.stop()))
    },
  }
}

async function hasFeeds(database: Database<HomeserverSchema>): Promise<boolean> {
  return (await database.read.selectFrom('appservice_feeds').select('appservice_id').limit(1).executeTakeFirst()) !== undefined
}
