import { contract } from '@glia/contract'
import { Button, Group, Select, Stack, Tabs } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, Outlet, useNavigate, useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useSignedIn } from '../../app/session/index.ts'
import { CursorPager } from '../../ui/cursor-pager.tsx'
import { DataList, type ListColumn } from '../../ui/data-list.tsx'
import { formatCount } from '../../ui/format.ts'
import { Moment } from '../../ui/moment.tsx'
import { EmptyNotice, ErrorNotice } from '../../ui/notices.tsx'
import { Page } from '../../ui/page.tsx'
import { RowTitle } from '../../ui/row-title.tsx'
import { withoutUndefined } from '../../ui/search-params.ts'
import { WithSidePanel } from '../../ui/side-panel.tsx'
import { RoomName } from '../rooms/room-name.tsx'
import { UserName } from '../users/user-name.tsx'
import { type ReportInList, reportCountsQuery, reportsQuery } from './report-queries.ts'
import { KIND_LABELS, ReportStateBadge, ReportSubject, STATE_LABELS } from './report-words.tsx'
import { type ReportKind, type ReportsSearch, reportKinds, reportStates } from './reports-search.ts'
import { SynapseReportsPage } from './synapse-reports-page.tsx'

const route = getRouteApi('/signed-in/reports')
const ANYBODY = 'anybody'

const columns: readonly ListColumn<ReportInList>[] = [
  { id: 'subject', header: 'What', cell: (report) => <SubjectCell report={report} /> },
  {
    id: 'reason',
    header: 'Why',
    isSecondary: true,
    cell: ({ reason }) => <span style={{ overflowWrap: 'anywhere' }}>{reason ?? ''}</span>,
  },
  { id: 'state', header: 'State', cell: ({ state }) => <ReportStateBadge state={state} /> },
  { id: 'assignee', header: 'Looked after by', isSecondary: true, cell: ({ assignee }) => assignee && <UserName userId={assignee} /> },
  { id: 'reporter', header: 'Reported by', isSecondary: true, cell: ({ reporter }) => <UserName userId={reporter} /> },
  { id: 'received', header: 'When', cell: (report) => <Moment ms={report.received_at} /> },
]

/** What users reported: as work where the server knows it as that, else the plain lists of Synapse. */
export function ReportsPage() {
  const { powers } = useSignedIn()
  return powers.may(contract.glia.reports.listReports) ? <WorkList /> : <SynapseReportsPage />
}

type ListChange = { [K in keyof ReportsSearch]: ReportsSearch[K] | undefined }

function WorkList() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const navigateHere = useNavigate()
  const { reportId } = useParams({ strict: false })
  const { client } = useSignedIn()
  const reports = useQuery(reportsQuery(client, search))
  const list = (change: ListChange) =>
    navigateHere({ to: '.', search: (current) => withoutUndefined({ ...current, from: undefined, ...change }) as ReportsSearch })
  const { next_token: next } = reports.data ?? {}

  return (
    <WithSidePanel panel={<Outlet />}>
      <Page title="Reports">
        <StateTabs state={search.state ?? 'new'} onChange={(state) => list({ state })} />
        <Filters search={search} onChange={list} />
        {reports.isError && <ErrorNotice title="The reports could not be loaded" error={reports.error} onRetry={reports.refetch} />}
        {!(reports.isError && !reports.data) && (
          <Stack gap="sm">
            <DataList
              label="Reports"
              columns={columns}
              rows={reports.data?.reports}
              keyOf={(report) => String(report.id)}
              selectedKey={reportId}
              onOpen={(report) =>
                navigate({ to: '/reports/$reportId', params: { reportId: String(report.id) }, search: (current) => current })
              }
              empty={
                search.state === undefined ? (
                  <EmptyNotice title="No new reports">Nobody waits for an answer.</EmptyNotice>
                ) : (
                  <EmptyNotice title="No report fits">Choose another state, or change the filters.</EmptyNotice>
                )
              }
            />
            <CursorPager
              isLater={search.from !== undefined}
              hasNext={next !== undefined}
              onFirst={() => list({})}
              onNext={() => list({ from: next })}
            />
          </Stack>
        )}
      </Page>
    </WithSidePanel>
  )
}

function StateTabs(props: { state: NonNullable<ReportsSearch['state']> | 'new'; onChange: (state: ReportsSearch['state']) => void }) {
  const { client } = useSignedIn()
  const counts = useQuery(reportCountsQuery(client))
  const change = (value: string | null) => props.onChange(value === null || value === 'new' ? undefined : (value as 'all'))
  return (
    <Tabs value={props.state} onChange={change}>
      <Tabs.List aria-label="State of the reports">
        {reportStates.map((state) => (
          <Tabs.Tab key={state} value={state}>
            {STATE_LABELS[state]}
            {counts.data && ` (${formatCount(counts.data[state])})`}
          </Tabs.Tab>
        ))}
        <Tabs.Tab value="all">All</Tabs.Tab>
      </Tabs.List>
      {/* what the tab stands for is the list below, which they all share */}
      <Tabs.Panel value={props.state}>{null}</Tabs.Panel>
    </Tabs>
  )
}

function Filters({ search, onChange }: { search: ReportsSearch; onChange: (change: ListChange) => void }) {
  const { session } = useSignedIn()
  const { assignee, about, room } = search
  const isOther = assignee !== undefined && assignee !== 'none' && assignee !== session.userId
  return (
    <Group gap="sm">
      <Select
        aria-label="Kind of report"
        w={150}
        allowDeselect={false}
        value={search.kind ?? 'any'}
        onChange={(value) => onChange({ kind: value === null || value === 'any' ? undefined : (value as ReportKind) })}
        data={[{ value: 'any', label: 'All kinds' }, ...reportKinds.map((value) => ({ value, label: `${KIND_LABELS[value]}s` }))]}
      />
      <Select
        aria-label="Who looks after them"
        w={190}
        allowDeselect={false}
        value={assignee ?? ANYBODY}
        onChange={(value) => onChange({ assignee: value === null || value === ANYBODY ? undefined : value })}
        data={[
          { value: ANYBODY, label: 'Of anybody' },
          { value: session.userId, label: 'Mine' },
          { value: 'none', label: 'Of nobody yet' },
          ...(isOther ? [{ value: assignee, label: assignee }] : []),
        ]}
      />
      {about !== undefined && (
        <FilterTag onRemove={() => onChange({ about: undefined })} label="About">
          <UserName userId={about} />
        </FilterTag>
      )}
      {room !== undefined && (
        <FilterTag onRemove={() => onChange({ room: undefined })} label="In">
          <RoomName roomId={room} />
        </FilterTag>
      )}
    </Group>
  )
}

function FilterTag(props: { label: string; children: ReactNode; onRemove: () => void }) {
  return (
    <Button variant="default" size="sm" rightSection={<IconX size={14} aria-label="Remove this filter" />} onClick={props.onRemove}>
      {props.label}&nbsp;{props.children}
    </Button>
  )
}

function SubjectCell({ report }: { report: ReportInList }) {
  return (
    <RowTitle
      link={(props) => (
        <Link to="/reports/$reportId" params={{ reportId: String(report.id) }} search={(current: object) => current} {...props} />
      )}
    >
      <ReportSubject report={report} />
    </RowTitle>
  )
}
