import type { Reads, Transaction } from '@glia/database'
import type { Selectable } from 'kysely'
import type { HomeserverSchema } from '../schema.ts'
import type { TaskStatus, TaskTables } from './tables.ts'

/** Long work that survives restarts. */
export interface Task {
  /** 16 letters. */
  readonly id: string
  readonly action: string
  readonly status: TaskStatus
  /** Planned start while scheduled, else the last change. */
  readonly timestampMs: number
  readonly resourceId: string | null
  readonly parameters: Readonly<Record<string, unknown>>
  /** What was saved last; null before the first step. */
  readonly result: Readonly<Record<string, unknown>> | null
  /** Why it failed. */
  readonly error: string | null
}

export interface TaskFilter {
  readonly actions?: readonly string[]
  readonly resourceId?: string
  readonly statuses?: readonly TaskStatus[]
  readonly maxTimestampMs?: number
}

export function toTask(row: Selectable<TaskTables['scheduled_tasks']>): Task {
  return {
    id: row.id,
    action: row.action,
    status: row.status,
    timestampMs: row.timestamp_ms,
    resourceId: row.resource_id,
    parameters: JSON.parse(row.parameters),
    result: row.result === null ? null : JSON.parse(row.result),
    error: row.error,
  }
}

export async function findTask(reads: Reads<HomeserverSchema>, id: string): Promise<Task | undefined> {
  const row = await reads.selectFrom('scheduled_tasks').selectAll().where('id', '=', id).executeTakeFirst()
  return row && toTask(row)
}

export async function findTasks(reads: Reads<HomeserverSchema>, ids: readonly string[]): Promise<Task[]> {
  return (await reads.selectFrom('scheduled_tasks').selectAll().where('id', 'in', ids).execute()).map(toTask)
}

/** In order of their last change. */
export async function listTasks(reads: Reads<HomeserverSchema>, filter: TaskFilter): Promise<Task[]> {
  const { actions, maxTimestampMs, resourceId, statuses } = filter
  const rows = await reads
    .selectFrom('scheduled_tasks')
    .selectAll()
    .$if(actions !== undefined, (query) => query.where('action', 'in', [...actions!]))
    .$if(resourceId !== undefined, (query) => query.where('resource_id', '=', resourceId!))
    .$if(statuses !== undefined, (query) => query.where('status', 'in', [...statuses!]))
    .$if(maxTimestampMs !== undefined, (query) => query.where('timestamp_ms', '<=', maxTimestampMs!))
    .orderBy('timestamp_ms')
    .orderBy('id')
    .execute()
  return rows.map(toTask)
}

/** Those of an action that are scheduled or active. */
export async function openTasks(reads: Reads<HomeserverSchema>, action: string): Promise<Task[]> {
  return listTasks(reads, { actions: [action], statuses: ['scheduled', 'active'] })
}

export async function deleteOpenTasks(tx: Transaction<HomeserverSchema>, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await tx.db.deleteFrom('scheduled_tasks').where('id', 'in', ids).execute()
}

export interface Claim {
  readonly owner: string
  readonly nowMs: number
  readonly leaseMs: number
  readonly maxRunning: number
  readonly actions: readonly string[]
  /** Those of them that mostly wait for others: they count for nothing. */
  readonly waiting: readonly string[]
}

/**
 * Takes the task that has waited longest among those that are due, or whose process died, unless enough are running.
 * Claims of all processes come one after another.
 */
export async function claimNext(tx: Transaction<HomeserverSchema>, claim: Claim): Promise<Task | undefined> {
  await tx.lock('scheduled tasks')
  const running = await tx.db
    .selectFrom('scheduled_tasks')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('status', '=', 'active')
    .where('lease_until_ms', '>=', claim.nowMs)
    .$if(claim.waiting.length > 0, (query) => query.where('action', 'not in', claim.waiting))
    .executeTakeFirstOrThrow()
  const actions = running.count >= claim.maxRunning ? claim.waiting : claim.actions
  if (actions.length === 0) return undefined
  const row = await tx.db
    .selectFrom('scheduled_tasks')
    .selectAll()
    .where('action', 'in', actions)
    .where((task) =>
      task.or([
        task.and([task('status', '=', 'scheduled'), task('timestamp_ms', '<=', claim.nowMs)]),
        task.and([task('status', '=', 'active'), task.or([task('lease_until_ms', 'is', null), task('lease_until_ms', '<', claim.nowMs)])]),
      ]),
    )
    .orderBy('timestamp_ms')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst()
  if (!row) return undefined
  await tx.db
    .updateTable('scheduled_tasks')
    .set({ status: 'active', timestamp_ms: claim.nowMs, lease_owner: claim.owner, lease_until_ms: claim.nowMs + claim.leaseMs })
    .where('id', '=', row.id)
    .execute()
  return toTask({ ...row, status: 'active', timestamp_ms: claim.nowMs })
}

/** Changes a task that this process still holds. @returns false if another process has taken it over */
export async function changeHeld(
  tx: Transaction<HomeserverSchema>,
  held: { id: string; owner: string },
  changes: Partial<Selectable<TaskTables['scheduled_tasks']>>,
): Promise<boolean> {
  const changed = await tx.db
    .updateTable('scheduled_tasks')
    .set(changes)
    .where('id', '=', held.id)
    .where('lease_owner', '=', held.owner)
    .where('status', '=', 'active')
    .returning('id')
    .execute()
  return changed.length > 0
}

/** When the next task that is not due yet will be. */
export async function nextDueMs(reads: Reads<HomeserverSchema>, nowMs: number): Promise<number | undefined> {
  const row = await reads
    .selectFrom('scheduled_tasks')
    .select('timestamp_ms')
    .where('status', '=', 'scheduled')
    .where('timestamp_ms', '>', nowMs)
    .orderBy('timestamp_ms')
    .limit(1)
    .executeTakeFirst()
  return row?.timestamp_ms
}
