import type { Client } from '@glia/client'
import type { contract } from '@glia/contract'
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { ChartPoint, ChartRange } from '../../ui/chart-scale.ts'
import { DAY_MS } from '../../ui/day.ts'
import type { Span } from './start-search.ts'

type SeriesName = (typeof contract.glia.timeSeries.seriesNames)[number]

export interface Growth {
  readonly range: ChartRange
  readonly series: Readonly<Partial<Record<SeriesName, readonly ChartPoint[]>>>
}

const SPANS: Readonly<Record<Span, { readonly days: number; readonly step: 'hour' | 'day' }>> = {
  day: { days: 1, step: 'hour' },
  week: { days: 7, step: 'hour' },
  month: { days: 30, step: 'day' },
  quarter: { days: 90, step: 'day' },
  year: { days: 365, step: 'day' },
}
const FRESH_MS = 300_000

/** What the server counted in the span that ends with the hour, or the day, that it is. */
export function growthQuery(client: Client, span: Span) {
  return queryOptions({
    queryKey: ['time-series', span],
    queryFn: async ({ signal }): Promise<Growth> => {
      const range = rangeOf(span, Date.now())
      const { series } = await client.glia.timeSeries.getTimeSeries({
        query: { since: range.sinceMs, until: range.untilMs, step: SPANS[span].step },
        signal,
      })
      return { range, series }
    },
    staleTime: FRESH_MS,
    placeholderData: keepPreviousData,
  })
}

/** Whole steps, the last of which is the one that `nowMs` is in. */
export function rangeOf(span: Span, nowMs: number): ChartRange {
  const { days, step } = SPANS[span]
  const stepMs = step === 'day' ? DAY_MS : DAY_MS / 24
  const untilMs = (Math.floor(nowMs / stepMs) + 1) * stepMs
  return { sinceMs: untilMs - days * DAY_MS, untilMs, stepMs }
}
