const DURATION_UNITS_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000, y: 31_536_000_000 }
const SIZE_UNITS_BYTES = { K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 }

function parse(value: unknown, units: Readonly<Record<string, number>>): number | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? value : undefined
  if (typeof value !== 'string') return undefined
  const match = /^(\d+)([A-Za-z]?)$/.exec(value.trim())
  if (!match) return undefined
  const unit = match[2] === '' ? 1 : units[match[2]!]
  const result = unit === undefined ? Number.NaN : Number(match[1]) * unit
  return Number.isSafeInteger(result) ? result : undefined
}

/**
 * A duration in milliseconds: an integer (milliseconds), or an integer with `s`, `m`, `h`, `d`, `w` or `y` (365 days).
 * Source: Synapse configuration manual, "How values are parsed". Undefined if it is none.
 */
export function parseDurationMs(value: unknown): number | undefined {
  return parse(value, DURATION_UNITS_MS)
}

/** A size in bytes: an integer, or an integer with `K`, `M`, `G` or `T` (powers of 1024). Undefined if it is none. */
export function parseSizeBytes(value: unknown): number | undefined {
  return parse(value, SIZE_UNITS_BYTES)
}
