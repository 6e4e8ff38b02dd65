import { Code, Stack, Text, Title } from '@mantine/core'
import { Facts } from '../../ui/facts.tsx'
import { ExactMoment } from '../../ui/moment.tsx'
import { EmptyNotice } from '../../ui/notices.tsx'
import { SidePanel } from '../../ui/side-panel.tsx'
import type { Task } from './task-queries.ts'
import { actionText, TaskStateBadge, TaskSubject } from './task-words.tsx'

/** One task: how far it is, its result or its error. */
export function TaskPanel({ task, onClose }: { task: Task | undefined; onClose: () => void }) {
  if (!task) {
    return (
      <SidePanel title="Task" onClose={onClose}>
        <EmptyNotice title="The task is not in this list">The server forgets tasks some time after they ended.</EmptyNotice>
      </SidePanel>
    )
  }
  return (
    <SidePanel key={task.id} title={actionText(task.action)} subtitle={<TaskStateBadge state={task.status} />} onClose={onClose}>
      <Stack gap="md">
        <Facts
          entries={{
            On: task.resource_id && <TaskSubject task={task} isLink />,
            [task.status === 'scheduled' ? 'Planned for' : 'Last change']: <ExactMoment ms={task.timestamp_ms} />,
            Error: task.error,
            Action: task.action,
            Task: task.id,
          }}
        />
        {task.result && (
          <Stack gap="xs" component="section" aria-label="Result">
            <Title order={3} size="h6">
              {task.status === 'active' ? 'So far' : 'Result'}
            </Title>
            <Code block tabIndex={0} style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
              {JSON.stringify(task.result, undefined, 2)}
            </Code>
          </Stack>
        )}
        {!task.result && task.status === 'active' && (
          <Text size="sm" c="dimmed">
            The list is asked for again every two seconds while work is under way.
          </Text>
        )}
      </Stack>
    </SidePanel>
  )
}
