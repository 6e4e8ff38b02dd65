/** A value at a time, or of the step that begins then. Times are in ms since 1970. */
export interface ChartPoint {
  readonly at: number
  readonly value: number
}

/** What a chart shows of time: from `sinceMs` to `untilMs` (not included), in steps. */
export interface ChartRange {
  readonly sinceMs: number
  readonly untilMs: number
  readonly stepMs: number
}

const HOUR_MS = 3_600_000
const TIME_STEPS = [1, 3, 6, 12, 24, 48, 168, 336, 720, 1440, 2160].map((hours) => hours * HOUR_MS)

/** Round whole numbers from 0 to at least `max`, about `count` of them. */
export function valueTicks(max: number, count = 4): number[] {
  const rough = Math.max(max, 1) / count
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = Math.max(1, power * [1, 2, 5, 10].find((factor) => factor * power >= rough)!)
  return Array.from({ length: Math.ceil(Math.max(max, 1) / step) + 1 }, (_, index) => index * step)
}

/** Round times within the range, `count` at most. @param zoneMs how far the clock of whoever looks is ahead of UTC */
export function timeTicks({ sinceMs, untilMs }: ChartRange, count: number, zoneMs: number): number[] {
  const step = TIME_STEPS.find((ms) => (untilMs - sinceMs) / ms <= count) ?? untilMs - sinceMs
  const first = Math.ceil((sinceMs + zoneMs) / step) * step - zoneMs
  const ticks: number[] = []
  for (let at = first; at < untilMs; at += step) ticks.push(at)
  return ticks
}

/** The parts of a line that have a value at each step: between them nothing is known. */
export function unbroken(points: readonly ChartPoint[], stepMs: number): ChartPoint[][] {
  const parts: ChartPoint[][] = []
  for (const point of points) {
    const part = parts.at(-1)
    if (part && point.at - part.at(-1)!.at <= stepMs) part.push(point)
    else parts.push([point])
  }
  return parts
}
