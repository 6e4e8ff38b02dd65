const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const

/** `1.5 MB`: decimal units, at most one digit after the point. */
export function formatBytes(bytes: number): string {
  const exponent = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), UNITS.length - 1)
  const value = bytes / 1000 ** exponent
  return `${value.toLocaleString(undefined, { maximumFractionDigits: exponent === 0 ? 0 : 1 })} ${UNITS[exponent]}`
}

export function formatCount(count: number): string {
  return count.toLocaleString()
}

/** `1 user`, `2 users`. */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`
}

const STEPS = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['week', 7 * 86_400],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const

/** `3 days ago`; within a minute `just now`. */
export function formatAgo(ms: number, nowMs: number): string {
  const seconds = (ms - nowMs) / 1000
  const step = STEPS.find(([, size]) => Math.abs(seconds) >= size)
  if (!step) return 'just now'
  return new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' }).format(Math.round(seconds / step[1]), step[0])
}
