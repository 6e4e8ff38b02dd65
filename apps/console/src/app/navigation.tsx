import { contract } from '@glia/contract'
import { Badge, NavLink } from '@mantine/core'
import {
  IconDatabase,
  IconFlag,
  IconHelpCircle,
  IconHistory,
  IconHome,
  IconListCheck,
  IconMessages,
  IconStack2,
  IconTicket,
  IconUsers,
  IconWorld,
} from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { reportCountsQuery } from '../features/reports/report-queries.ts'
import { formatCount } from '../ui/format.ts'
import { useSignedIn } from './session/context.ts'

const { admin, glia } = contract

const DESTINATIONS = [
  { to: '/', label: 'Overview', Icon: IconHome, needs: [] },
  { to: '/users', label: 'Users', Icon: IconUsers, needs: [admin.users.listUsersV3] },
  { to: '/rooms', label: 'Rooms', Icon: IconMessages, needs: [admin.rooms.listRooms] },
  { to: '/reports', label: 'Reports', Icon: IconFlag, needs: [glia.reports.listReports, admin.reports.listEventReports] },
  { to: '/tasks', label: 'Tasks', Icon: IconListCheck, needs: [admin.scheduledTasks.listScheduledTasks] },
  { to: '/bulk', label: 'Bulk jobs', Icon: IconStack2, needs: [glia.bulk.listBulkJobs] },
  {
    to: '/registration-tokens',
    label: 'Registration',
    Icon: IconTicket,
    needs: [admin.registrationTokens.listRegistrationTokens],
  },
  { to: '/federation', label: 'Federation', Icon: IconWorld, needs: [admin.federation.listDestinations] },
  {
    to: '/storage',
    label: 'Storage',
    Icon: IconDatabase,
    needs: [admin.media.getUserMediaStatistics, admin.maintenance.listLargestRooms],
  },
  { to: '/audit', label: 'Audit log', Icon: IconHistory, needs: [glia.audit.listAuditLog] },
  { to: '/about', label: 'Help & About', Icon: IconHelpCircle, needs: [] },
] as const

/** The ways to the pages that the account may use on this server. */
export function Navigation({ path }: { path: string }) {
  const { powers } = useSignedIn()
  return DESTINATIONS.filter(({ needs }) => needs.length === 0 || needs.some(powers.may)).map(({ to, label, Icon }) => (
    <NavLink
      key={to}
      label={label}
      leftSection={<Icon size={18} stroke={1.75} aria-hidden />}
      rightSection={to === '/reports' && powers.may(glia.reports.countReports) ? <NewReports /> : undefined}
      active={path === to || (to !== '/' && path.startsWith(`${to}/`))}
      style={{ borderRadius: 'var(--mantine-radius-md)' }}
      renderRoot={(props) => <Link to={to} {...props} />}
    />
  ))
}

/** How many reports nobody has looked at. */
function NewReports() {
  const { client } = useSignedIn()
  const counts = useQuery(reportCountsQuery(client))
  const count = counts.data?.new ?? 0
  if (count === 0) return null
  return (
    <Badge component="span" size="sm" color="red.8" variant="filled" circle={count < 10} aria-label={`${formatCount(count)} new`}>
      {count < 1000 ? count : '999+'}
    </Badge>
  )
}
