import { contract } from '@glia/contract'
import type { Database } from '@glia/database'
import {
  createMedia,
  createUrlPreviews,
  FolderMediaStore,
  type HomeserverSchema,
  type Media,
  mediaAdminRoutes,
  mediaClientRoutes,
  mediaQuotaRoutes,
  type SignalBus,
  urlPreviewClientRoutes,
} from '@glia/homeserver'
import type { Route } from '@glia/http'
import type { Clock, Logger, Outbound, Random } from '@glia/platform'
import type { ServerName } from '@glia/protocol'
import type { Config } from './config/index.ts'
import type { Running } from './running.ts'

/** Media, and the previews of web pages, whose pictures are media. */
export function composeMedia(deps: {
  config: Config
  database: Database<HomeserverSchema>
  signals: SignalBus
  clock: Clock
  random: Random
  logger: Logger
  serverName: ServerName
  isSoleProcess: boolean
  publicBaseUrl: () => string
  /** For the pages that are previewed. */
  outbound: Outbound
}): { media: Media; routes: readonly Route[]; running: readonly (Running | undefined)[] } {
  const { config, database, signals, clock, random, logger, serverName, isSoleProcess, publicBaseUrl, outbound } = deps
  const media = createMedia({
    database: database.as(),
    store: new FolderMediaStore(config.media.storePath, { clock, random, isShared: !isSoleProcess }),
    signals,
    clock,
    random,
    logger,
    settings: {
      ...config.media,
      createLimit: config.ratelimiting.mediaCreate,
      uploadLimits: {
        perPeriod: config.media.uploadLimits,
        quotaBytes: config.mediaQuota.userBytes,
        infoUri: () => new URL(contract.pages.mediaLimits.showUploadLimit.path.slice(1), publicBaseUrl()).href,
      },
    },
  })
  const urlPreviews = config.urlPreviews.enabled
    ? createUrlPreviews({
        database: database.as(),
        outbound,
        media,
        clock,
        logger,
        serverName,
        settings: { ...config.urlPreviews, maxImagePixels: config.media.maxImagePixels },
      })
    : undefined
  return {
    media,
    routes: [
      ...mediaClientRoutes({ media, serverName, maxUploadSizeBytes: config.media.maxUploadSizeBytes }),
      ...urlPreviewClientRoutes({ urlPreviews, clock }),
      ...mediaQuotaRoutes({ database, defaultQuotaBytes: config.mediaQuota.userBytes }),
      ...mediaAdminRoutes({ database: database.as(), media, clock, serverName }),
    ],
    running: [media, urlPreviews],
  }
}
