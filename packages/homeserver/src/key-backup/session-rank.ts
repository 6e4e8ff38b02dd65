import type { JsonObject } from '@glia/protocol'

/** A backed-up room key. */
export interface BackedUpSession {
  firstMessageIndex: number
  forwardedCount: number
  isVerified: boolean
  sessionData: JsonObject
}

/**
 * Whether a session may replace the stored one: verified before unverified, then the lower first message index, then forwarded less often.
 * Source: Client-Server API, "Server-side key backups", PUT /room_keys/keys.
 */
export function isBetter(
  session: Omit<BackedUpSession, 'sessionData'>,
  stored: { first_message_index: number; forwarded_count: number; is_verified: number },
): boolean {
  if (session.isVerified !== (stored.is_verified === 1)) return session.isVerified
  if (session.firstMessageIndex !== stored.first_message_index) return session.firstMessageIndex < stored.first_message_index
  return session.forwardedCount < stored.forwarded_count
}
