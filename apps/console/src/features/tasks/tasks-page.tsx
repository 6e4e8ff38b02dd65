import { Button, Group, Select } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useSignedIn } from '../../app/session/index.ts'
import { DataList, type ListColumn } from '../../ui/data-list.tsx'
import { Moment } from '../../ui/moment.tsx'
import { EmptyNotice, ErrorNotice } from '../../ui/notices.tsx'
import { Page } from '../../ui/page.tsx'
import { RowTitle } from '../../ui/row-title.tsx'
import { withoutUndefined } from '../../ui/search-params.ts'
import { WithSidePanel } from '../../ui/side-panel.tsx'
import { TaskPanel } from './task-panel.tsx'
import { type Task, tasksQuery } from './task-queries.ts'
import { actionText, STATE_LABELS, TaskStateBadge, TaskSubject } from './task-words.tsx'
import { type TaskState, type TasksSearch, taskStates } from './tasks-search.ts'

const route = getRouteApi('/signed-in/tasks')

const columns: readonly ListColumn<Task>[] = [
  { id: 'action', header: 'Task', cell: (task) => <ActionCell task={task} /> },
  { id: 'subject', header: 'On', cell: (task) => task.resource_id && <TaskSubject task={task} /> },
  { id: 'state', header: 'State', cell: ({ status }) => <TaskStateBadge state={status} /> },
  { id: 'error', header: 'Error', isSecondary: true, cell: ({ error }) => error ?? '' },
  { id: 'when', header: 'Last change', cell: ({ timestamp_ms: ms }) => <Moment ms={ms} /> },
]

/** Work that the server does in the background, and what became of it. */
export function TasksPage() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const { client } = useSignedIn()
  const tasks = useQuery(tasksQuery(client, search))
  const change = (next: { [K in keyof TasksSearch]: TasksSearch[K] | undefined }) =>
    navigate({ search: (current) => withoutUndefined({ ...current, ...next }) as TasksSearch })
  const open = tasks.data?.find(({ id }) => id === search.task)
  return (
    <WithSidePanel panel={search.task && tasks.data && <TaskPanel task={open} onClose={() => change({ task: undefined })} />}>
      <Page title="Tasks">
        <Group gap="sm">
          <Select
            aria-label="State of the tasks"
            w={170}
            allowDeselect={false}
            value={search.state ?? 'any'}
            onChange={(value) => change({ state: value === null || value === 'any' ? undefined : (value as TaskState), task: undefined })}
            data={[{ value: 'any', label: 'Any state' }, ...taskStates.map((value) => ({ value, label: STATE_LABELS[value] }))]}
          />
          {search.about !== undefined && (
            <Button
              variant="default"
              rightSection={<IconX size={14} aria-label="Remove this filter" />}
              onClick={() => change({ about: undefined })}
            >
              {search.about}
            </Button>
          )}
        </Group>
        {tasks.isError && <ErrorNotice title="The tasks could not be loaded" error={tasks.error} onRetry={tasks.refetch} />}
        {!(tasks.isError && !tasks.data) && (
          <DataList
            label="Tasks"
            columns={columns}
            rows={tasks.data}
            keyOf={(task) => task.id}
            selectedKey={search.task}
            onOpen={({ id }) => change({ task: id })}
            empty={<EmptyNotice title="No tasks">Work that takes long appears here: deleting rooms, purging history, …</EmptyNotice>}
          />
        )}
      </Page>
    </WithSidePanel>
  )
}

function ActionCell({ task }: { task: Task }) {
  return (
    <RowTitle link={(props) => <Link to="/tasks" search={(current: object) => ({ ...current, task: task.id })} {...props} />}>
      {actionText(task.action)}
    </RowTitle>
  )
}
