import { contract } from '@glia/contract'
import { Divider, Group, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useCallback } from 'react'
import { useSignedIn } from '../../app/session/index.ts'
import { Facts } from '../../ui/facts.tsx'
import { ExactMoment } from '../../ui/moment.tsx'
import { EmptyNotice, ErrorNotice, LoadingNotice } from '../../ui/notices.tsx'
import { SidePanel } from '../../ui/side-panel.tsx'
import { RoomLink } from '../rooms/room-name.tsx'
import { UserLink } from '../users/user-name.tsx'
import { ReportActions } from './report-actions.tsx'
import { ReportEvent } from './report-event.tsx'
import { ReportHistory } from './report-history.tsx'
import { type Report, reportQuery } from './report-queries.ts'
import { KIND_LABELS, ReportStateBadge, ReportSubject } from './report-words.tsx'
import { ReportWork } from './report-work.tsx'

const route = getRouteApi('/signed-in/reports/$reportId')

/** One report, beside the list: what it is about, what can be done, and what was done. */
export function ReportPanel() {
  const { reportId } = route.useParams()
  const navigate = route.useNavigate()
  const { client, powers } = useSignedIn()
  const mayRead = powers.may(contract.glia.reports.getReport)
  const report = useQuery({ ...reportQuery(client, reportId), enabled: mayRead })
  const close = useCallback(() => void navigate({ to: '/reports', search: (list) => list }), [navigate])
  return (
    <SidePanel
      key={reportId}
      title={report.data ? <ReportSubject report={report.data} /> : `Report ${reportId}`}
      subtitle={
        report.data && (
          <Group gap="xs" mt={4}>
            <ReportStateBadge state={report.data.state} />
            <Text size="sm" c="dimmed">
              {KIND_LABELS[report.data.kind]} · report {report.data.id}
            </Text>
          </Group>
        )
      }
      onClose={close}
    >
      {!mayRead && <EmptyNotice title="This server does not have reports one by one" />}
      {mayRead && report.isPending && <LoadingNotice what="the report" />}
      {report.isError && <ErrorNotice title="The report could not be loaded" error={report.error} onRetry={report.refetch} />}
      {report.data && <ReportDetails report={report.data} />}
    </SidePanel>
  )
}

function ReportDetails({ report }: { report: Report }) {
  const { powers } = useSignedIn()
  const mayWork = powers.may(contract.glia.reports.updateReport)
  return (
    <Stack gap="md">
      <Facts
        entries={{
          Why: report.reason ? <span style={{ whiteSpace: 'pre-wrap' }}>{report.reason}</span> : 'No reason was given',
          'Reported by': <UserLink userId={report.reporter} />,
          'Reported at': <ExactMoment ms={report.received_at} />,
          Who: report.target_user_id && <UserLink userId={report.target_user_id} />,
          Room: report.room_id && <RoomLink roomId={report.room_id} />,
        }}
      />
      {mayWork && <ReportWork report={report} />}
      {report.kind === 'event' && <ReportEvent report={report} />}
      <ReportActions report={report} />
      <Divider />
      <ReportHistory report={report} mayAdd={mayWork} />
    </Stack>
  )
}
