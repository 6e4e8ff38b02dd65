import type { JsonObject } from '@glia/protocol'

/** How long messages are kept (ms); as in Synapse's `retention`. */
export interface RetentionSettings {
  /** Of rooms that say nothing themselves; null: for ever. */
  readonly defaultMaxMs: number | null
  readonly allowedMinMs: number | null
  readonly allowedMaxMs: number | null
  readonly jobs: readonly RetentionJob[]
}

/** Looks after rooms that keep messages longer than `shorterMs` and at most `longestMs`; null: no bound. */
export interface RetentionJob {
  readonly everyMs: number
  readonly shorterMs: number | null
  readonly longestMs: number | null
}

export interface RoomLifetime {
  /** What room or default say. */
  readonly wantedMs: number
  /** The same within what the server allows: messages that are older go. */
  readonly keptMs: number
}

/**
 * How long a room keeps its messages. Source: Synapse, "Message retention policies".
 * @param content of the room's `m.room.retention`
 * @returns undefined: for ever
 */
export function lifetimeOf(content: JsonObject | undefined, settings: Omit<RetentionSettings, 'jobs'>): RoomLifetime | undefined {
  const own = content?.max_lifetime
  const wantedMs = typeof own === 'number' && Number.isSafeInteger(own) && own >= 0 ? own : settings.defaultMaxMs
  if (wantedMs === null) return undefined
  const keptMs = Math.max(settings.allowedMinMs ?? 0, Math.min(settings.allowedMaxMs ?? wantedMs, wantedMs))
  return { wantedMs, keptMs }
}

export function isOfJob({ wantedMs }: RoomLifetime, { shorterMs, longestMs }: RetentionJob): boolean {
  return (shorterMs === null || wantedMs > shorterMs) && (longestMs === null || wantedMs <= longestMs)
}
