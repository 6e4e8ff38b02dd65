import { contract, MatrixError } from '@glia/contract'
import type { Database } from '@glia/database'
import { type Route, route } from '@glia/http'
import type { Clock } from '@glia/platform'
import type { HomeserverSchema } from '../schema.ts'
import { readSeries, type SeriesName, type SeriesPoint } from './series-store.ts'

const HOUR_MS = 3600_000
const DAY_MS = 24 * HOUR_MS
const DEFAULT_SPAN_MS = 30 * DAY_MS
/** Longest span by step: some 1,500 points of a series at most. */
const MAX_SPAN_MS = { hour: 62 * DAY_MS, day: 1500 * DAY_MS } as const

/** What happened in an hour is added up over a day; of all else the day's last value counts. */
const COUNTS: ReadonlySet<SeriesName> = new Set(['registrations', 'messages'])

export function timeSeriesRoutes({ database, clock }: { database: Database<HomeserverSchema>; clock: Clock }): Route[] {
  return [
    route(contract.glia.timeSeries.getTimeSeries, async ({ query }) => {
      const names = readNames(query.names)
      const untilMs = query.until ?? clock.nowMs()
      const sinceMs = query.since ?? untilMs - DEFAULT_SPAN_MS
      if (untilMs - sinceMs > MAX_SPAN_MS[query.step]) {
        throw new MatrixError(
          'M_INVALID_PARAM',
          `With step=${query.step} at most ${MAX_SPAN_MS[query.step] / DAY_MS} days can be asked for`,
        )
      }
      const points = await readSeries(database.read, { names, sinceMs, untilMs })
      const stepMs = query.step === 'day' ? DAY_MS : HOUR_MS
      const series = names.map(
        (name) =>
          [
            name,
            inSteps(
              name,
              points.filter((point) => point.name === name),
              stepMs,
            ),
          ] as const,
      )
      return { series: Object.fromEntries(series) }
    }),
  ]
}

/** @throws MatrixError M_INVALID_PARAM */
function readNames(text: string | undefined): SeriesName[] {
  const all: readonly string[] = contract.glia.timeSeries.seriesNames
  const names = text === undefined ? all : [...new Set(text.split(','))]
  const unknown = names.find((name) => !all.includes(name))
  if (unknown !== undefined) throw new MatrixError('M_INVALID_PARAM', `There is no series "${unknown}"; there are ${all.join(', ')}`)
  return names as SeriesName[]
}

function inSteps(name: SeriesName, points: readonly SeriesPoint[], stepMs: number): { at: number; value: number }[] {
  const values = new Map<number, number>()
  for (const { atMs, value } of points) {
    const at = Math.floor(atMs / stepMs) * stepMs
    values.set(at, COUNTS.has(name) ? (values.get(at) ?? 0) + value : value)
  }
  return [...values].map(([at, value]) => ({ at, value }))
}
