import type { Client } from '@glia/client'
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { TasksSearch } from './tasks-search.ts'

export type Task = Awaited<ReturnType<Client['admin']['scheduledTasks']['listScheduledTasks']>>['scheduled_tasks'][number]

const POLL_MS = 2_000

/** Long work, newest change first; asked for again and again while some is under way. */
export function tasksQuery(client: Client, { state, action, about }: TasksSearch) {
  const query = {
    ...(state !== undefined && { status: state, job_status: state }),
    ...(action !== undefined && { action_name: action }),
    ...(about !== undefined && { resource_id: about }),
  }
  return queryOptions({
    queryKey: ['tasks', query],
    queryFn: async ({ signal }) => {
      const { scheduled_tasks: tasks } = await client.admin.scheduledTasks.listScheduledTasks({ query, signal })
      return tasks.toSorted((a, b) => b.timestamp_ms - a.timestamp_ms)
    },
    placeholderData: keepPreviousData,
    refetchInterval: ({ state: { data } }) => (data?.some(isUnderWay) ? POLL_MS : false),
  })
}

function isUnderWay({ status }: Task): boolean {
  return status === 'active'
}
