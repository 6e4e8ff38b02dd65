import { contract } from '@glia/contract'
import { startOfDay } from '../../ui/day.ts'
import { textParam, withoutUndefined, wordParam } from '../../ui/search-params.ts'

export const RECORDS_PER_PAGE = 50

export const { auditOutcomes } = contract.glia.audit
export type AuditOutcome = (typeof auditOutcomes)[number]

/** The audit log as its address tells it. Nothing said: all records, newest first. */
export interface AuditSearch {
  /** Who did it: a user id. */
  readonly actor?: string
  /** An operation, or with a dot at the end all that begin so. */
  readonly operation?: string
  /** On whom or what: a user id, room id, … */
  readonly target?: string
  readonly outcome?: AuditOutcome
  /** First and last day, as `2026-01-31`, in the time of whoever looks. */
  readonly since?: string
  readonly until?: string
  /** Where the page begins; absent: at the newest. */
  readonly from?: string
  /** The record whose panel is open. */
  readonly record?: string
}

export function auditSearch(raw: Record<string, unknown>): AuditSearch {
  return withoutUndefined({
    actor: textParam(raw.actor),
    operation: textParam(raw.operation),
    target: textParam(raw.target),
    outcome: wordParam(raw.outcome, auditOutcomes),
    since: dayParam(raw.since),
    until: dayParam(raw.until),
    from: textParam(raw.from),
    record: textParam(raw.record),
  })
}

function dayParam(value: unknown): string | undefined {
  return typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value)) ? value : undefined
}

/** The filters as the server wants them: `until` is not included, so it is the day after. */
export function auditFilters({ actor, operation, target, outcome, since, until }: AuditSearch) {
  return {
    ...(actor !== undefined && { actor }),
    ...(operation !== undefined && { operation }),
    ...(target !== undefined && { target }),
    ...(outcome !== undefined && { outcome }),
    ...(since !== undefined && { since: startOfDay(since) }),
    ...(until !== undefined && { until: startOfDay(until, 1) }),
  }
}
