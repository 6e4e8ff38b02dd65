import type { contract } from '@glia/contract'
import type { Reads, Transaction } from '@glia/database'
import { ulidTime } from '@glia/platform'
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import type { HomeserverSchema } from '../schema.ts'

export type AuditOutcome = (typeof contract.glia.audit.auditOutcomes)[number]

export interface AuditActor {
  readonly userId: string | null
  /** An OAuth client that acts for itself. */
  readonly clientId: string | null
  readonly sessionId: string | null
  readonly token: 'legacy' | 'oauth' | 'puppet' | 'personal' | 'appservice' | 'client' | 'none'
  readonly ip: string | null
  readonly userAgent: string | null
}

export interface NewAuditRecord {
  readonly id: string
  readonly atMs: number
  readonly operation: string
  readonly actor: AuditActor
  readonly target: { readonly kind: string; readonly id: string } | undefined
  readonly request: object
}

export interface AuditRecord extends NewAuditRecord {
  readonly outcome: AuditOutcome
  readonly status: number | null
  readonly errcode: string | null
  /** Of what the change changed. */
  readonly before: object | null
  readonly after: object | null
}

export interface AuditFilter {
  readonly actor?: string | undefined
  /** One that ends in a dot stands for all that begin so. */
  readonly operation?: string | undefined
  readonly target?: string | undefined
  readonly outcome?: AuditOutcome | undefined
  readonly sinceMs?: number | undefined
  /** Not included. */
  readonly untilMs?: number | undefined
}

/** PostgreSQL's indexes take 2,704 bytes. */
const MAX_TARGET_LENGTH = 512

export async function addAuditRecord(tx: Transaction<HomeserverSchema>, record: NewAuditRecord): Promise<void> {
  const { actor, target } = record
  await tx.db
    .insertInto('audit_log')
    .values({
      id: record.id,
      at_ms: record.atMs,
      operation: record.operation,
      actor_user_id: actor.userId,
      actor_client_id: actor.clientId,
      actor_session_id: actor.sessionId,
      actor_token: actor.token,
      ip: actor.ip,
      user_agent: actor.userAgent,
      target_kind: target?.kind ?? null,
      target_id: target ? indexedId(target.id) : null,
      request: JSON.stringify(record.request),
    })
    .execute()
}

/** No database keeps NUL in a text, nor an index a very long one. No id is so; the request has it as it came. */
function indexedId(id: string): string {
  return id.replaceAll('\0', '\ufffd').slice(0, MAX_TARGET_LENGTH)
}

export interface NewAuditOutcome {
  readonly status: number
  readonly errcode?: string | undefined
  readonly changes?: { readonly before: object; readonly after: object } | undefined
}

export async function addAuditOutcome(tx: Transaction<HomeserverSchema>, id: string, outcome: NewAuditOutcome): Promise<void> {
  const { status, errcode, changes } = outcome
  await tx.db
    .insertInto('audit_outcomes')
    .values({
      id,
      status,
      errcode: errcode ?? null,
      before_json: changes ? JSON.stringify(changes.before) : null,
      after_json: changes ? JSON.stringify(changes.after) : null,
    })
    .execute()
}

/** @param page.behind id of the last record of the page before */
export async function listAuditRecords(
  reads: Reads<HomeserverSchema>,
  filter: AuditFilter,
  page: { behind: string | undefined; newestFirst: boolean; limit: number },
): Promise<AuditRecord[]> {
  const { actor, operation, target, outcome, sinceMs, untilMs } = filter
  const { behind, newestFirst, limit } = page
  const rows = await selectRecords(reads)
    .$if(actor !== undefined, (select) => select.where('actor_user_id', '=', actor!))
    .$if(target !== undefined, (select) => select.where('target_id', '=', target!))
    .$if(operation !== undefined, (select) => select.where(isOperation(operation!)))
    .$if(outcome !== undefined, (select) => select.where(hasOutcome(outcome!)))
    .$if(sinceMs !== undefined, (select) => select.where('audit_log.id', '>=', ulidTime(sinceMs!)))
    .$if(untilMs !== undefined, (select) => select.where('audit_log.id', '<', ulidTime(untilMs!)))
    .$if(behind !== undefined, (select) => select.where('audit_log.id', newestFirst ? '<' : '>', behind!))
    .orderBy('audit_log.id', newestFirst ? 'desc' : 'asc')
    .limit(limit)
    .execute()
  return rows.map(toRecord)
}

export async function findAuditRecords(reads: Reads<HomeserverSchema>, ids: readonly string[]): Promise<AuditRecord[]> {
  return (await selectRecords(reads).where('audit_log.id', 'in', ids).execute()).map(toRecord)
}

function selectRecords(reads: Reads<HomeserverSchema>) {
  return reads
    .selectFrom('audit_log')
    .leftJoin('audit_outcomes', 'audit_outcomes.id', 'audit_log.id')
    .selectAll('audit_log')
    .select(['status', 'errcode', 'before_json', 'after_json'])
}

function toRecord(row: Awaited<ReturnType<ReturnType<typeof selectRecords>['execute']>>[number]): AuditRecord {
  return {
    id: row.id,
    atMs: row.at_ms,
    operation: row.operation,
    actor: {
      userId: row.actor_user_id,
      clientId: row.actor_client_id,
      sessionId: row.actor_session_id,
      token: row.actor_token as AuditActor['token'],
      ip: row.ip,
      userAgent: row.user_agent,
    },
    target: row.target_kind === null ? undefined : { kind: row.target_kind, id: row.target_id! },
    request: JSON.parse(row.request),
    outcome: outcomeOf(row.status),
    status: row.status,
    errcode: row.errcode,
    before: row.before_json === null ? null : JSON.parse(row.before_json),
    after: row.after_json === null ? null : JSON.parse(row.after_json),
  }
}

function outcomeOf(status: number | null): AuditOutcome {
  if (status === null) return 'unknown'
  return status < 400 ? 'done' : status < 500 ? 'refused' : 'failed'
}

/** `outcomeOf` as a condition. */
function hasOutcome(outcome: AuditOutcome): RawBuilder<SqlBool> {
  switch (outcome) {
    case 'unknown':
      return sql<SqlBool>`status IS NULL`
    case 'done':
      return sql<SqlBool>`status < 400`
    case 'refused':
      return sql<SqlBool>`status BETWEEN 400 AND 499`
    case 'failed':
      return sql<SqlBool>`status >= 500`
  }
}

function isOperation(operation: string): RawBuilder<SqlBool> {
  if (!operation.endsWith('.')) return sql<SqlBool>`operation = ${operation}`
  // as a range, so that the index is used; '/' comes right after '.'
  return sql<SqlBool>`(operation >= ${operation} AND operation < ${`${operation.slice(0, -1)}/`})`
}
