import { Group, Table, Text, Title } from '@mantine/core'
import { useElementSize } from '@mantine/hooks'
import { type PointerEvent, useState } from 'react'
import { type ChartPoint, type ChartRange, timeTicks, unbroken, valueTicks } from './chart-scale.ts'
import { DAY_MS } from './day.ts'
import classes from './time-chart.module.css'

interface ChartSeries {
  /** Left out where it is the only one. */
  readonly label?: string
  /** Oldest first; steps may be missing. */
  readonly points: readonly ChartPoint[]
}

export interface TimeChartProps {
  readonly title: string
  /** Three at most. */
  readonly series: readonly ChartSeries[]
  readonly range: ChartRange
  /** Bars for what happened within a step; lines for how much there was at its end. */
  readonly kind: 'lines' | 'bars'
  readonly format: (value: number) => string
  readonly isTable: boolean
}

const HEIGHT = 168
const LEFT = 56
const BOTTOM = 20
const TOP = 8
const CLASSES = [classes.series0, classes.series1, classes.series2]

/** Values over time as a drawing, or as a table for those to whom a drawing says nothing. */
export function TimeChart(props: TimeChartProps) {
  const { title, series, range, format, isTable } = props
  const [pointed, setPointed] = useState<number>()
  const times = [...new Set(series.flatMap(({ points }) => points.map(({ at }) => at)))].sort((a, b) => a - b)
  const shown = pointed ?? times.at(-1)
  return (
    <figure className={classes.figure} aria-label={title}>
      <Group justify="space-between" gap="xs" wrap="nowrap" align="baseline">
        <Title order={3} size="h6">
          {title}
        </Title>
        <Text size="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
          {shown !== undefined && timeText(shown, range)}
        </Text>
      </Group>
      <Group gap="md" mih={26} mb={4}>
        {series.map(({ label, points }, index) => (
          <Group key={label ?? ''} gap={6} wrap="nowrap">
            {series.length > 1 && (
              <svg width="22" height="8" aria-hidden="true" className={CLASSES[index]}>
                <path d="M1 4H21" className={classes.line} />
              </svg>
            )}
            <Text size="sm" span>
              {label !== undefined && `${label} `}
              <b>{valueAt(points, shown, format)}</b>
            </Text>
          </Group>
        ))}
      </Group>
      {isTable ? <ValueTable {...props} times={times} /> : <Plot {...props} times={times} pointed={pointed} onPoint={setPointed} />}
    </figure>
  )
}

interface PlotProps extends TimeChartProps {
  readonly times: readonly number[]
  readonly pointed: number | undefined
  readonly onPoint: (at: number | undefined) => void
}

function Plot({ title, series, range, kind, format, times, pointed, onPoint }: PlotProps) {
  const { ref, width: measured } = useElementSize<HTMLDivElement>()
  const width = Math.max(measured, LEFT + 40)
  const ticks = valueTicks(Math.max(0, ...series.flatMap(({ points }) => points.map(({ value }) => value))))
  const spanMs = range.untilMs - range.sinceMs
  const stepWidth = ((width - LEFT) * range.stepMs) / spanMs
  const x = (at: number) => LEFT + ((at - range.sinceMs) / spanMs) * (width - LEFT)
  const middle = (at: number) => x(at) + stepWidth / 2
  const y = (value: number) => HEIGHT - BOTTOM - (value / ticks.at(-1)!) * (HEIGHT - BOTTOM - TOP)
  const point = (event: PointerEvent<SVGSVGElement>) => {
    const place = event.clientX - event.currentTarget.getBoundingClientRect().left
    onPoint(nearest(times, range.sinceMs + ((place - LEFT - stepWidth / 2) / (width - LEFT)) * spanMs))
  }
  return (
    <div ref={ref}>
      <svg
        className={classes.plot}
        role="img"
        aria-label={`${title}, drawn. The table has the values.`}
        onPointerMove={point}
        onPointerLeave={() => onPoint(undefined)}
      >
        {ticks.map((value) => (
          <g key={value}>
            <path d={`M${LEFT} ${y(value)}H${width}`} className={classes.grid} />
            <text x={LEFT - 6} y={y(value) + 4} textAnchor="end">
              {format(value)}
            </text>
          </g>
        ))}
        {timeTicks(range, Math.max(2, Math.floor((width - LEFT) / 80)), zoneMsOf(range))
          .filter((at) => middle(at) < width - 24)
          .map((at) => (
            <text key={at} x={middle(at)} y={HEIGHT - 4} textAnchor="middle">
              {tickText(at, range)}
            </text>
          ))}
        {pointed !== undefined && <path d={`M${middle(pointed)} ${TOP}V${HEIGHT - BOTTOM}`} className={classes.pointer} />}
        {series.map(({ label, points }, index) => (
          <g key={label ?? ''} className={CLASSES[index]}>
            {kind === 'bars'
              ? points.map(({ at, value }) => (
                  <rect
                    key={at}
                    className={classes.bar}
                    x={x(at) + stepWidth * 0.1}
                    y={y(value)}
                    width={Math.max(stepWidth * 0.8, 0.5)}
                    height={HEIGHT - BOTTOM - y(value)}
                  />
                ))
              : unbroken(points, range.stepMs).map((part) => <Line key={part[0]!.at} points={part} x={middle} y={y} />)}
          </g>
        ))}
      </svg>
    </div>
  )
}

function Line({ points, x, y }: { points: readonly ChartPoint[]; x: (at: number) => number; y: (value: number) => number }) {
  const [first, ...others] = points
  if (others.length === 0) return <circle className={classes.dot} cx={x(first!.at)} cy={y(first!.value)} r={3} />
  return <path className={classes.line} d={`M${points.map(({ at, value }) => `${x(at).toFixed(1)} ${y(value).toFixed(1)}`).join('L')}`} />
}

function ValueTable({ title, series, range, format, times }: TimeChartProps & { times: readonly number[] }) {
  return (
    <Table.ScrollContainer minWidth={0} mah={HEIGHT} type="native" tabIndex={0} role="group" aria-label={`Values of ${title}`}>
      <Table aria-label={title} verticalSpacing={2} fz="xs" stickyHeader>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{range.stepMs < DAY_MS ? 'Hour' : 'Day, UTC'}</Table.Th>
            {series.map(({ label }) => (
              <Table.Th key={label ?? ''} ta="right">
                {label ?? title}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {times.toReversed().map((at) => (
            <Table.Tr key={at}>
              <Table.Td>{timeText(at, range)}</Table.Td>
              {series.map(({ label, points }) => (
                <Table.Td key={label ?? ''} ta="right">
                  {valueAt(points, at, format)}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function valueAt(points: readonly ChartPoint[], at: number | undefined, format: (value: number) => string): string {
  const point = points.find((candidate) => candidate.at === at)
  return point ? format(point.value) : '–'
}

function nearest(times: readonly number[], at: number): number | undefined {
  return times.reduce<number | undefined>(
    (best, time) => (best === undefined || Math.abs(time - at) < Math.abs(best - at) ? time : best),
    undefined,
  )
}

/** Days are those of UTC, as the server counts them; hours are told by the clock of whoever looks. */
function zoneOf({ stepMs }: ChartRange) {
  return stepMs < DAY_MS ? {} : ({ timeZone: 'UTC' } as const)
}

function zoneMsOf({ stepMs, sinceMs }: ChartRange): number {
  return stepMs < DAY_MS ? -new Date(sinceMs).getTimezoneOffset() * 60_000 : 0
}

function timeText(at: number, range: ChartRange): string {
  const timeStyle = range.stepMs < DAY_MS ? ({ timeStyle: 'short' } as const) : {}
  return new Date(at).toLocaleString(undefined, { dateStyle: 'medium', ...timeStyle, ...zoneOf(range) })
}

function tickText(at: number, range: ChartRange): string {
  const isWithinTwoDays = range.untilMs - range.sinceMs <= 2 * DAY_MS
  const parts = isWithinTwoDays ? ({ hour: '2-digit', minute: '2-digit' } as const) : ({ day: 'numeric', month: 'short' } as const)
  return new Date(at).toLocaleString(undefined, { ...parts, ...zoneOf(range) })
}
