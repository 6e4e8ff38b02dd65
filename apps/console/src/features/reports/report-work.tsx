import { Autocomplete, Button, Group, Paper, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useSignedIn } from '../../app/session/index.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { UserName } from '../users/user-name.tsx'
import { adminsQuery } from '../users/user-queries.ts'
import type { Report } from './report-queries.ts'
import type { ReportState } from './reports-search.ts'
import { useReportChange } from './use-report-change.ts'

const STEPS: Readonly<Record<ReportState, readonly (readonly [to: ReportState, label: string])[]>> = {
  new: [
    ['in_progress', 'Start'],
    ['resolved', 'Resolve'],
    ['dismissed', 'Dismiss'],
  ],
  in_progress: [
    ['resolved', 'Resolve'],
    ['dismissed', 'Dismiss'],
  ],
  resolved: [['in_progress', 'Reopen']],
  dismissed: [['in_progress', 'Reopen']],
}

/** Who looks after a report, and how far it is. */
export function ReportWork({ report }: { report: Report }) {
  const { session } = useSignedIn()
  const [isAssigning, setAssigning] = useState(false)
  const change = useReportChange(report.id)
  const isMine = report.assignee === session.userId
  return (
    <Paper withBorder p="sm" component="section" aria-label="Work on the report">
      <Stack gap="xs">
        <Text size="sm" component="div">
          {report.assignee === null ? 'Nobody looks after it yet.' : <>Looked after by {<UserName userId={report.assignee} />}</>}
        </Text>
        <Group gap="xs">
          {STEPS[report.state].map(([state, label]) => (
            <Button
              key={state}
              size="xs"
              variant={state === 'resolved' ? 'filled' : 'default'}
              disabled={change.isPending}
              onClick={() =>
                change.mutate({ state, ...(state === 'in_progress' && report.assignee === null && { assignee: session.userId }) })
              }
            >
              {label}
            </Button>
          ))}
          {!isMine && (
            <Button size="xs" variant="default" disabled={change.isPending} onClick={() => change.mutate({ assignee: session.userId })}>
              Assign to me
            </Button>
          )}
          <Button size="xs" variant="default" onClick={() => setAssigning(true)}>
            Assign …
          </Button>
        </Group>
      </Stack>
      {isAssigning && <AssignDialog report={report} onClose={() => setAssigning(false)} />}
    </Paper>
  )
}

function AssignDialog({ report, onClose }: { report: Report; onClose: () => void }) {
  const { client } = useSignedIn()
  const admins = useQuery(adminsQuery(client))
  const [userId, setUserId] = useState(report.assignee ?? '')
  const change = useReportChange(report.id, { isToldElsewhere: true })
  const assignee = userId.trim() === '' ? null : userId.trim()
  return (
    <ConfirmDialog
      title="Who looks after this report?"
      confirmLabel={assignee === null ? 'Assign to nobody' : 'Assign'}
      isPending={change.isPending}
      error={change.error}
      onConfirm={() => change.mutate({ assignee }, { onSuccess: onClose })}
      onClose={onClose}
    >
      <Autocomplete
        label="User ID"
        description="Of an admin or a helper; empty: nobody"
        placeholder="@mia:example.org"
        data={admins.data?.users.map(({ name }) => name) ?? []}
        value={userId}
        onChange={setUserId}
        data-autofocus
      />
    </ConfirmDialog>
  )
}
