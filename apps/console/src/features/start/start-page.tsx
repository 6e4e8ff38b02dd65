import { contract } from '@glia/contract'
import { Anchor, Card, SimpleGrid, Skeleton, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, type LinkProps } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useSignedIn } from '../../app/session/index.ts'
import { countOf, formatCount } from '../../ui/format.ts'
import { messageOf } from '../../ui/message-of.ts'
import { Page } from '../../ui/page.tsx'
import { serverVersionQuery } from '../about/server-queries.ts'
import { reportCountsQuery } from '../reports/report-queries.ts'
import { roomsTotalQuery } from '../rooms/room-queries.ts'
import { tasksQuery } from '../tasks/task-queries.ts'
import { usersTotalQuery } from '../users/user-queries.ts'
import { GrowthSection } from './growth.tsx'

const { admin, glia } = contract

/** How things stand: the numbers that cost the server little, each leading to its list; and how they grew. */
export function StartPage() {
  const { powers } = useSignedIn()
  return (
    <Page title="Overview">
      <SimpleGrid cols={{ base: 1, xs: 2, lg: 3 }} spacing="md">
        {powers.may(admin.users.listUsersV3) && <UsersCard />}
        {powers.may(admin.rooms.listRooms) && <RoomsCard />}
        {powers.may(glia.reports.countReports) && <ReportsCard />}
        {powers.may(admin.scheduledTasks.listScheduledTasks) && <TasksCard />}
        <ServerCard />
      </SimpleGrid>
      {powers.may(glia.timeSeries.getTimeSeries) && <GrowthSection />}
    </Page>
  )
}

interface Answer<T> {
  readonly data: T | undefined
  readonly error: unknown
}

function UsersCard() {
  const { client } = useSignedIn()
  const users = useQuery(usersTotalQuery(client))
  return (
    <NumberCard title="Users" link={{ to: '/users' }} answer={users} show={formatCount}>
      active accounts
    </NumberCard>
  )
}

function RoomsCard() {
  const { client } = useSignedIn()
  const rooms = useQuery(roomsTotalQuery(client))
  return (
    <NumberCard title="Rooms" link={{ to: '/rooms' }} answer={rooms} show={formatCount}>
      that this server knows
    </NumberCard>
  )
}

function ReportsCard() {
  const { client } = useSignedIn()
  const counts = useQuery(reportCountsQuery(client))
  return (
    <NumberCard title="New reports" link={{ to: '/reports' }} answer={counts} show={(data) => formatCount(data.new)}>
      {counts.data ? `${formatCount(counts.data.in_progress)} in progress` : ''}
    </NumberCard>
  )
}

function TasksCard() {
  const { client } = useSignedIn()
  const tasks = useQuery({ ...tasksQuery(client, {}), retry: false })
  const count = (state: string) => tasks.data?.filter(({ status }) => status === state).length ?? 0
  return (
    <NumberCard title="Running tasks" link={{ to: '/tasks' }} answer={tasks} show={() => formatCount(count('active'))}>
      {tasks.data && `${countOf(count('failed'), 'task has', 'tasks have')} failed`}
    </NumberCard>
  )
}

function ServerCard() {
  const { client, powers, session } = useSignedIn()
  const version = useQuery(serverVersionQuery(client))
  return (
    <NumberCard title="Version" link={{ to: '/about' }} answer={version} show={({ server_version: text }) => text}>
      {powers.isGlia ? 'Glia' : 'Synapse, or one like it'} at {session.userId.slice(session.userId.indexOf(':') + 1)}
    </NumberCard>
  )
}

function NumberCard<T>(props: {
  title: string
  link: Pick<LinkProps, 'to'>
  answer: Answer<T>
  show: (data: T) => string
  children: ReactNode
}) {
  const { title, link, answer, show, children } = props
  return (
    <Card withBorder component="section" aria-label={title}>
      <Stack gap={4}>
        <Anchor size="sm" fw={600} renderRoot={(rest) => <Link {...link} {...rest} />}>
          {title}
        </Anchor>
        {answer.data !== undefined ? (
          <Text fz={28} fw={650} lh={1.2} style={{ overflowWrap: 'anywhere' }}>
            {show(answer.data)}
          </Text>
        ) : answer.error ? (
          <Text size="sm" c="dimmed">
            {messageOf(answer.error)}
          </Text>
        ) : (
          <Skeleton height={34} w={80} />
        )}
        <Text size="sm" c="dimmed">
          {children}
        </Text>
      </Stack>
    </Card>
  )
}
