import { Button, Group, Stack, Text, Textarea, Title } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { ExactMoment } from '../../ui/moment.tsx'
import { UserName } from '../users/user-name.tsx'
import type { Report } from './report-queries.ts'
import { STATE_LABELS } from './report-words.tsx'
import { useReportChange } from './use-report-change.ts'

/** What was done about the report and noted, oldest first, and a place for the next note. */
export function ReportHistory({ report, mayAdd }: { report: Report; mayAdd: boolean }) {
  return (
    <Stack gap="sm" component="section" aria-label="History">
      <Title order={3} size="h6">
        History
      </Title>
      {report.history.length === 0 && (
        <Text size="sm" c="dimmed">
          Nothing has been done yet.
        </Text>
      )}
      {report.history.map((entry, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: entries are only added at the end
        <Stack key={index} gap={2}>
          <Text size="xs" c="dimmed" component="div">
            <UserName userId={entry.user_id} /> · <ExactMoment ms={entry.at} />
          </Text>
          {entry.state && <Text size="sm">{`State: ${STATE_LABELS[entry.state]}`}</Text>}
          {entry.assignee !== undefined && (
            <Text size="sm" component="div">
              {entry.assignee === null ? 'Assigned to nobody' : <>Assigned to {<UserName userId={entry.assignee} />}</>}
            </Text>
          )}
          {entry.note && (
            <Text size="sm" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
              {entry.note}
            </Text>
          )}
        </Stack>
      ))}
      {mayAdd && <NoteForm reportId={report.id} />}
    </Stack>
  )
}

function NoteForm({ reportId }: { reportId: number }) {
  const [note, setNote] = useState('')
  const change = useReportChange(reportId)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (note.trim() !== '') change.mutate({ note: note.trim() }, { onSuccess: () => setNote('') })
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="xs">
        <Textarea
          label="Note"
          description="For those who look after reports; the reporter does not see it"
          autosize
          minRows={2}
          maxLength={10_000}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
        <Group>
          <Button type="submit" size="xs" variant="default" loading={change.isPending} disabled={note.trim() === ''}>
            Add note
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
