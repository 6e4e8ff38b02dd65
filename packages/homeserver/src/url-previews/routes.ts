import { contract, MatrixError } from '@glia/contract'
import { isRateLimited, RateLimiter, type Requester, type Route, route } from '@glia/http'
import type { Clock } from '@glia/platform'
import type { UrlPreviews } from './url-previews.ts'

/** Each preview that is not known yet sends this server out. */
const LIMIT = { perSecond: 2, burstCount: 30 }

/** @param deps.urlPreviews undefined: switched off */
export function urlPreviewClientRoutes(deps: { urlPreviews: UrlPreviews | undefined; clock: Clock }): Route[] {
  const { urlPreviews, clock } = deps
  const { getUrlPreview, getUrlPreviewLegacy } = contract.client.urlPreviews
  const limiter = new RateLimiter(clock)
  const answer = async (query: { url: string; ts?: number }, requester: Requester) => {
    if (!urlPreviews) throw new MatrixError('M_UNRECOGNIZED', 'Unrecognized request')
    if (isRateLimited(requester)) limiter.take(requester.userId, LIMIT)
    return urlPreviews.preview(requester.userId, query.url, query.ts ?? clock.nowMs())
  }
  return [
    route(getUrlPreview, ({ query, requester }) => answer(query, requester)),
    route(getUrlPreviewLegacy, ({ query, requester }) => answer(query, requester)),
  ]
}
