import { Card, Group, SegmentedControl, SimpleGrid, Stack, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useSignedIn } from '../../app/session/index.ts'
import { formatBytes, formatCount } from '../../ui/format.ts'
import { EmptyNotice, ErrorNotice, LoadingNotice } from '../../ui/notices.tsx'
import { withoutUndefined } from '../../ui/search-params.ts'
import { TimeChart, type TimeChartProps } from '../../ui/time-chart.tsx'
import { type Growth, growthQuery } from './growth-queries.ts'
import { type Span, type StartSearch, spans } from './start-search.ts'

const route = getRouteApi('/signed-in/')
const SPAN_LABELS: Readonly<Record<Span, string>> = {
  day: '24 hours',
  week: '7 days',
  month: '30 days',
  quarter: '90 days',
  year: '1 year',
}

/** How the server grew in the chosen span. */
export function GrowthSection() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const { client } = useSignedIn()
  const span = search.span ?? 'month'
  const growth = useQuery(growthQuery(client, span))
  const change = (next: { [K in keyof StartSearch]: StartSearch[K] | undefined }) =>
    navigate({ search: (current) => withoutUndefined({ ...current, ...next }) as StartSearch, resetScroll: false })
  return (
    <Stack gap="sm" component="section" aria-label="Growth">
      <Group justify="space-between" gap="sm">
        <Title order={2} size="h4">
          Growth
        </Title>
        <Group gap="xs">
          <SegmentedControl
            size="xs"
            aria-label="Span of time"
            value={span}
            onChange={(value) => change({ span: value === 'month' ? undefined : (value as Exclude<Span, 'month'>) })}
            data={spans.map((value) => ({ value, label: SPAN_LABELS[value] }))}
          />
          <SegmentedControl
            size="xs"
            aria-label="Shown as"
            value={search.tables ? 'tables' : 'charts'}
            onChange={(value) => change({ tables: value === 'tables' || undefined })}
            data={[
              { value: 'charts', label: 'Charts' },
              { value: 'tables', label: 'Tables' },
            ]}
          />
        </Group>
      </Group>
      {growth.isPending && <LoadingNotice what="growth" />}
      {growth.isError && <ErrorNotice title="What was counted could not be loaded" error={growth.error} onRetry={growth.refetch} />}
      {growth.data && <Charts growth={growth.data} isTable={search.tables ?? false} />}
    </Stack>
  )
}

function Charts({ growth: { range, series }, isTable }: { growth: Growth; isTable: boolean }) {
  if (Object.values(series).every((points) => points.length === 0)) {
    return <EmptyNotice title="Nothing has been counted in this time">The server counts after each full hour.</EmptyNotice>
  }
  const of = (name: keyof Growth['series'], label?: string) => ({ points: series[name] ?? [], ...(label !== undefined && { label }) })
  const charts: readonly Pick<TimeChartProps, 'title' | 'series' | 'kind' | 'format'>[] = [
    {
      title: 'Active users',
      kind: 'lines',
      format: formatCount,
      series: [of('active_users_monthly', '30 days'), of('active_users_weekly', '7 days'), of('active_users_daily', 'a day')],
    },
    { title: 'Messages', kind: 'bars', format: formatCount, series: [of('messages')] },
    { title: 'Registrations', kind: 'bars', format: formatCount, series: [of('registrations')] },
    { title: 'Accounts', kind: 'lines', format: formatCount, series: [of('users')] },
    { title: 'Known rooms', kind: 'lines', format: formatCount, series: [of('rooms')] },
    { title: 'Storage', kind: 'lines', format: formatBytes, series: [of('database_bytes', 'Database'), of('media_bytes', 'Media')] },
  ]
  return (
    <SimpleGrid cols={{ base: 1, md: 2, xl: 3 }} spacing="md">
      {charts.map((chart) => (
        <Card key={chart.title} withBorder padding="sm">
          <TimeChart {...chart} range={range} isTable={isTable} />
        </Card>
      ))}
    </SimpleGrid>
  )
}
