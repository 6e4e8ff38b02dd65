import { createHmac } from 'node:crypto'
import type { Secret } from '@glia/platform'
import type { UserId } from '@glia/protocol'

/** TURN servers and how users get in. */
export interface TurnServers {
  readonly uris: readonly string[]
  readonly lifetimeMs: number
  readonly guestsAllowed: boolean
  readonly credentials: { readonly sharedSecret: Secret } | { readonly username: string; readonly password: Secret }
}

/**
 * What a user signs in with at the TURN servers: the time of expiry and the user id as name, their HMAC-SHA1 as password.
 * Source: Client-Server API, "Voice over IP"; draft-uberti-behave-turn-rest.
 */
export function turnCredentials(
  { credentials, lifetimeMs }: TurnServers,
  userId: UserId,
  nowMs: number,
): { username: string; password: string } {
  if ('username' in credentials) return { username: credentials.username, password: credentials.password.reveal() }
  const username = `${Math.floor((nowMs + lifetimeMs) / 1000)}:${userId}`
  return { username, password: createHmac('sha1', credentials.sharedSecret.reveal()).update(username).digest('base64') }
}
