import type { PresenceRow, PresenceState } from './presence-store.ts'

/** @param activeMs when the user was last active, if that is known better than the row says */
export function presenceToWire(row: PresenceRow, nowMs: number, activeMs = 0) {
  const lastActiveMs = Math.max(row.last_active_ms ?? 0, activeMs)
  return {
    presence: row.state as PresenceState,
    ...(lastActiveMs > 0 ? { last_active_ago: Math.max(0, nowMs - lastActiveMs) } : {}),
    ...(row.status_msg ? { status_msg: row.status_msg } : {}),
    ...(row.state === 'online' ? { currently_active: row.currently_active === 1 } : {}),
  }
}
