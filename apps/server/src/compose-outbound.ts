import { addressRules, createOutbound, type Outbound, systemClock } from '@glia/platform'
import type { Config } from './config/index.ts'
import { gliaVersion } from './version.ts'

export interface OutboundHttp {
  /** For addresses that users or other servers choose: refuses those of `ip_range_blacklist`. */
  readonly guarded: Outbound
  /** For addresses that the configuration names: asks any. */
  readonly trusted: Outbound
  /** For previews of web pages, which have a list of their own. */
  readonly previews: Outbound
  close(): Promise<void>
}

/** How this server asks others. */
export function composeOutbound({
  config,
  isBlocked,
}: {
  config: Config
  /** Servers that admins blocked: nobody makes this one ask them. */
  isBlocked: (host: string) => Promise<boolean>
}): OutboundHttp {
  const { addresses, userAgentSuffix } = config.outbound
  const userAgent = `Glia/${gliaVersion}${userAgentSuffix === null ? '' : ` ${userAgentSuffix}`}`
  // Connections live in real time, whatever clock the server has.
  const clock = systemClock
  const guarded = createOutbound({ clock, userAgent, addresses: addressRules(addresses), isBlocked })
  const previews = createOutbound({ clock, userAgent, addresses: addressRules(config.urlPreviews.addresses), isBlocked })
  const trusted = createOutbound({ clock, userAgent })
  return {
    guarded,
    trusted,
    previews,
    async close() {
      await Promise.all([guarded.close(), trusted.close(), previews.close()])
    },
  }
}
