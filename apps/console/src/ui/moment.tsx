import { formatAgo } from './format.ts'

/** Events of other servers may claim times that no date can hold. */
const UNKNOWN = 'at an impossible time'

/** A point in time: how long ago, and the exact time when pointed at. Nothing there: `never`. */
export function Moment({ ms, none = 'never' }: { ms: number | null | undefined; none?: string }) {
  if (ms === null || ms === undefined || ms <= 0) return <>{none}</>
  const date = new Date(ms)
  if (Number.isNaN(date.getTime())) return <>{UNKNOWN}</>
  return (
    <time dateTime={date.toISOString()} title={date.toLocaleString()} style={{ whiteSpace: 'nowrap' }}>
      {formatAgo(ms, Date.now())}
    </time>
  )
}

/** A point in time in full. */
export function ExactMoment({ ms }: { ms: number }) {
  const date = new Date(ms)
  if (Number.isNaN(date.getTime())) return <>{UNKNOWN}</>
  const text = date.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' })
  return <time dateTime={date.toISOString()}>{text}</time>
}
