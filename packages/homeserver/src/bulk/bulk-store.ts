import type { contract } from '@glia/contract'
import type { Reads, Transaction } from '@glia/database'
import type { UserId } from '@glia/protocol'
import type { Selectable } from 'kysely'
import type { HomeserverSchema } from '../schema.ts'
import type { BulkKindName } from './bulk-kind.ts'
import type { BulkTables } from './tables.ts'

/** `running`: a task works on it, or will soon. */
export type BulkState = (typeof contract.glia.bulk.bulkStates)[number]
export type BulkOutcome = 'done' | 'failed' | 'skipped'

export interface BulkParameters {
  /** What the kind's selector takes. */
  readonly selection: object
  readonly perSecond: number
  /** Users only: also those who are admins and helpers. */
  readonly includesAdmins?: boolean
  /** What the action needs to know, as the request had it. */
  readonly details?: BulkDetails
}

export interface BulkDetails {
  readonly message?: string
  readonly room_name?: string
  readonly new_room_user_id?: string
  readonly block?: boolean
  readonly purge?: boolean
  readonly before?: number
  readonly delete_local_events?: boolean
  readonly user_id?: string
}

export interface BulkJob {
  readonly id: string
  readonly kind: BulkKindName
  readonly action: string
  readonly parameters: BulkParameters
  readonly state: BulkState
  readonly createdBy: UserId
  readonly createdAtMs: number
  readonly changedAtMs: number
  /** All items up to this one are settled. */
  readonly lastItemId: string
  readonly done: number
  readonly failed: number
  readonly skipped: number
}

export interface BulkResult {
  readonly itemId: string
  readonly outcome: BulkOutcome
  readonly error: string | null
  readonly atMs: number
}

export async function insertJob(
  tx: Transaction<HomeserverSchema>,
  job: Pick<BulkJob, 'id' | 'kind' | 'action' | 'parameters' | 'createdBy' | 'createdAtMs'>,
): Promise<void> {
  await tx.db
    .insertInto('bulk_jobs')
    .values({
      id: job.id,
      kind: job.kind,
      action: job.action,
      parameters: JSON.stringify(job.parameters),
      state: 'running',
      created_by: job.createdBy,
      created_at_ms: job.createdAtMs,
      changed_at_ms: job.createdAtMs,
      last_item_id: '',
      done: 0,
      failed: 0,
      skipped: 0,
    })
    .execute()
}

export async function findJob(reads: Reads<HomeserverSchema>, id: string): Promise<BulkJob | undefined> {
  const row = await reads.selectFrom('bulk_jobs').selectAll().where('id', '=', id).executeTakeFirst()
  return row && toJob(row)
}

export async function findJobs(reads: Reads<HomeserverSchema>, ids: readonly string[]): Promise<BulkJob[]> {
  return (await reads.selectFrom('bulk_jobs').selectAll().where('id', 'in', ids).execute()).map(toJob)
}

/** Cheaper than the whole job, which may name thousands of items. */
export async function findState(reads: Reads<HomeserverSchema>, id: string): Promise<BulkState | undefined> {
  const row = await reads.selectFrom('bulk_jobs').select('state').where('id', '=', id).executeTakeFirst()
  return row?.state as BulkState | undefined
}

/** Newest first. @param before only those with smaller ids */
export async function listJobs(reads: Reads<HomeserverSchema>, page: { before: string | undefined; limit: number }): Promise<BulkJob[]> {
  const rows = await reads
    .selectFrom('bulk_jobs')
    .selectAll()
    .$if(page.before !== undefined, (select) => select.where('id', '<', page.before!))
    .orderBy('id', 'desc')
    .limit(page.limit)
    .execute()
  return rows.map(toJob)
}

/** @returns false: it is in none of the states `from` */
export async function changeState(
  tx: Transaction<HomeserverSchema>,
  id: string,
  change: { from: readonly BulkState[]; to: BulkState; atMs: number },
): Promise<boolean> {
  const changed = await tx.db
    .updateTable('bulk_jobs')
    .set({ state: change.to, changed_at_ms: change.atMs })
    .where('id', '=', id)
    .where('state', 'in', change.from)
    .returning('id')
    .execute()
  return changed.length > 0
}

/** Notes what became of an item, and that the job is past it. */
export async function settleItem(tx: Transaction<HomeserverSchema>, jobId: string, result: BulkResult): Promise<void> {
  const { itemId, outcome, error, atMs } = result
  await tx.db.insertInto('bulk_results').values({ job_id: jobId, item_id: itemId, outcome, error, at_ms: atMs }).execute()
  await tx.db
    .updateTable('bulk_jobs')
    .set((eb) => ({ last_item_id: itemId, changed_at_ms: atMs, [outcome]: eb(outcome, '+', 1) }))
    .where('id', '=', jobId)
    .execute()
}

/** By item id. */
export async function listResults(
  reads: Reads<HomeserverSchema>,
  jobId: string,
  page: { outcome: BulkOutcome | undefined; after: string | undefined; limit: number },
): Promise<BulkResult[]> {
  const rows = await reads
    .selectFrom('bulk_results')
    .selectAll()
    .where('job_id', '=', jobId)
    .$if(page.outcome !== undefined, (select) => select.where('outcome', '=', page.outcome!))
    .$if(page.after !== undefined, (select) => select.where('item_id', '>', page.after!))
    .orderBy('item_id')
    .limit(page.limit)
    .execute()
  return rows.map((row) => ({ itemId: row.item_id, outcome: row.outcome as BulkOutcome, error: row.error, atMs: row.at_ms }))
}

function toJob(row: Selectable<BulkTables['bulk_jobs']>): BulkJob {
  return {
    id: row.id,
    kind: row.kind as BulkKindName,
    action: row.action,
    parameters: JSON.parse(row.parameters),
    state: row.state as BulkState,
    createdBy: row.created_by as UserId,
    createdAtMs: row.created_at_ms,
    changedAtMs: row.changed_at_ms,
    lastItemId: row.last_item_id,
    done: row.done,
    failed: row.failed,
    skipped: row.skipped,
  }
}
