import type { Database } from '@glia/database'
import { createPresence, type HomeserverSchema, type Presence, type SignalBus } from '@glia/homeserver'
import { isRateLimited, RateLimiter } from '@glia/http'
import type { Clock, Logger, Random } from '@glia/platform'
import type { Config } from './config/index.ts'

/** Who is online; undefined where that is switched off. */
export function composePresence(deps: {
  config: Config
  database: Database<HomeserverSchema>
  signals: SignalBus
  clock: Clock
  random: Random
  logger: Logger
}): Presence | undefined {
  const { config, ...rest } = deps
  if (!config.presence.enabled) return undefined
  const limiter = new RateLimiter(deps.clock)
  const limit = config.ratelimiting.presence
  return createPresence({
    ...rest,
    tryLimit: (requester) => (isRateLimited(requester) ? limiter.tryTake(requester.userId, limit) : 0),
    limit(requester) {
      if (isRateLimited(requester)) limiter.take(requester.userId, limit)
    },
  })
}
