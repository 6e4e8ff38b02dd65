import { contract } from '@glia/contract'
import type { Reads } from '@glia/database'
import { type Route, route } from '@glia/http'
import type { HomeserverSchema } from '../schema.ts'
import { findTasks, type Task } from './task-store.ts'
import type { Tasks } from './tasks.ts'

/** Synapse Admin API, "Show scheduled tasks". */
export function taskAdminRoutes({ tasks }: { tasks: Tasks }): Route[] {
  return [
    route(contract.admin.scheduledTasks.listScheduledTasks, async ({ query }) => {
      const status = query.status ?? query.job_status
      const found = await tasks.list({
        ...(query.action_name ? { actions: [query.action_name] } : {}),
        ...(query.resource_id ? { resourceId: query.resource_id } : {}),
        ...(status ? { statuses: [status] } : {}),
        ...(query.max_timestamp === undefined ? {} : { maxTimestampMs: query.max_timestamp }),
      })
      return {
        scheduled_tasks: found.map(toWire),
      }
    }),
  ]
}

/** As in the list, by id. */
export async function tasksById(reads: Reads<HomeserverSchema>, ids: readonly string[]) {
  return new Map((await findTasks(reads, ids)).map((task) => [task.id, toWire(task)]))
}

function toWire(task: Task) {
  return {
    id: task.id,
    action: task.action,
    status: task.status,
    timestamp_ms: task.timestampMs,
    resource_id: task.resourceId,
    result: task.result,
    error: task.error,
  }
}
