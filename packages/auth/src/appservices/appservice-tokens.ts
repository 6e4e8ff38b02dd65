import type { Secret } from '@glia/platform'
import { type Appservice, isExclusiveUser } from '@glia/protocol'
import { hashToken } from '../tokens/index.ts'

/** The application services that may call this server, by their tokens. */
export interface AppserviceTokens {
  /** Whose `as_token` this is. Costs nothing where there are no services. */
  find(token: string): Appservice | undefined
  /** Whether another service has this user for itself. */
  isReservedByOther(service: Appservice, userId: string): boolean
}

export function createAppserviceTokens(registrations: readonly { service: Appservice; asToken: Secret }[]): AppserviceTokens {
  // by hash: comparing tells nothing about the token
  const byHash = new Map(registrations.map(({ service, asToken }) => [hashToken(asToken.reveal()), service]))
  return {
    find: (token) => (byHash.size === 0 ? undefined : byHash.get(hashToken(token))),
    isReservedByOther: (service, userId) => [...byHash.values()].some((other) => other !== service && isExclusiveUser(other, userId)),
  }
}
