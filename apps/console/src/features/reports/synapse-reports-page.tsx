import type { Client } from '@glia/client'
import { contract } from '@glia/contract'
import { Card, Group, Stack, Text, Title } from '@mantine/core'
import { keepPreviousData, queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useSignedIn } from '../../app/session/index.ts'
import { AskFirst } from '../../ui/ask-first.tsx'
import { DeleteButton } from '../../ui/delete-button.tsx'
import { Moment } from '../../ui/moment.tsx'
import { EmptyNotice, ErrorNotice, LoadingNotice } from '../../ui/notices.tsx'
import { Page } from '../../ui/page.tsx'
import { Pager } from '../../ui/pager.tsx'
import { toastDone } from '../../ui/toast.ts'
import { RoomLink } from '../rooms/room-name.tsx'
import { UserLink } from '../users/user-name.tsx'
import { reportsKey } from './report-queries.ts'

const PER_PAGE = 20
const { reports } = contract.admin

/** Reports of a server that does not know them as work: two lists, from which one deletes. */
export function SynapseReportsPage() {
  const { powers } = useSignedIn()
  return (
    <Page title="Reports">
      {powers.may(reports.listEventReports) && <EventReports />}
      {powers.may(reports.listUserReports) && <UserReports />}
    </Page>
  )
}

const pageOf = (page: number) => ({ from: (page - 1) * PER_PAGE, limit: PER_PAGE, dir: 'b' }) as const

function eventReportsQuery(client: Client, page: number) {
  return queryOptions({
    queryKey: [...reportsKey, 'synapse-events', page],
    queryFn: ({ signal }) => client.admin.reports.listEventReports({ query: pageOf(page), signal }),
    placeholderData: keepPreviousData,
  })
}

function userReportsQuery(client: Client, page: number) {
  return queryOptions({
    queryKey: [...reportsKey, 'synapse-users', page],
    queryFn: ({ signal }) => client.admin.reports.listUserReports({ query: pageOf(page), signal }),
    placeholderData: keepPreviousData,
  })
}

function EventReports() {
  const { client } = useSignedIn()
  const [page, setPage] = useState(1)
  const list = useQuery(eventReportsQuery(client, page))
  return (
    <Section title="Messages" query={list} total={list.data?.total} page={page} onPage={setPage}>
      {list.data?.event_reports.map((report) => (
        <ReportCard
          key={report.id}
          received={report.received_ts}
          reason={report.reason}
          reporter={report.user_id}
          remove={(api) => api.admin.reports.deleteEventReport({ params: { report_id: String(report.id) } })}
          mayRemove={reports.deleteEventReport}
        >
          Message{report.sender && ' of '}
          {report.sender && <UserLink userId={report.sender} />} in <RoomLink roomId={report.room_id} />
        </ReportCard>
      ))}
    </Section>
  )
}

function UserReports() {
  const { client } = useSignedIn()
  const [page, setPage] = useState(1)
  const list = useQuery(userReportsQuery(client, page))
  return (
    <Section title="Users" query={list} total={list.data?.total} page={page} onPage={setPage}>
      {list.data?.user_reports.map((report) => (
        <ReportCard
          key={report.id}
          received={report.received_ts}
          reason={report.reason}
          reporter={report.user_id}
          remove={(api) => api.admin.reports.deleteUserReport({ params: { report_id: String(report.id) } })}
          mayRemove={reports.deleteUserReport}
        >
          User <UserLink userId={report.target_user_id} />
        </ReportCard>
      ))}
    </Section>
  )
}

function Section(props: {
  title: string
  query: { isPending: boolean; isError: boolean; error: unknown; refetch: () => unknown }
  total: number | undefined
  page: number
  onPage: (page: number) => void
  children: ReactNode
}) {
  const { title, query, total, page, onPage, children } = props
  return (
    <Stack gap="xs" component="section" aria-label={title} maw={720}>
      <Title order={2} size="h4">
        {title}
      </Title>
      {query.isPending && <LoadingNotice what={title} />}
      {query.isError && <ErrorNotice title="The reports could not be loaded" error={query.error} onRetry={query.refetch} />}
      {total === 0 && <EmptyNotice title="No reports" />}
      {children}
      {total !== undefined && total > 0 && (
        <Pager page={page} limit={PER_PAGE} total={total} onPage={onPage} label={`Pages of ${title.toLowerCase()}`} />
      )}
    </Stack>
  )
}

function ReportCard(props: {
  children: ReactNode
  received: number
  reason: string | null
  reporter: string
  mayRemove: typeof reports.deleteEventReport | typeof reports.deleteUserReport
  remove: (client: Client) => Promise<unknown>
}) {
  const { client, powers } = useSignedIn()
  const queryClient = useQueryClient()
  const remove = useMutation({
    mutationFn: () => props.remove(client),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: reportsKey })
      toastDone('The report has been deleted.')
    },
  })
  return (
    <Card withBorder padding="sm">
      <Group justify="space-between" align="flex-start" wrap="nowrap">
        <Stack gap={2} miw={0}>
          <Text size="sm" fw={600} component="div" style={{ overflowWrap: 'anywhere' }}>
            {props.children}
          </Text>
          {props.reason && (
            <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
              {props.reason}
            </Text>
          )}
          <Text size="xs" c="dimmed" component="div">
            <Moment ms={props.received} /> by <UserLink userId={props.reporter} />
          </Text>
        </Stack>
        {powers.may(props.mayRemove) && (
          <AskFirst
            title="Delete this report?"
            confirmLabel="Delete"
            isDangerous
            change={remove}
            control={(ask) => <DeleteButton onClick={ask} />}
          >
            <Text size="sm">What was reported stays as it is.</Text>
          </AskFirst>
        )}
      </Group>
    </Card>
  )
}
