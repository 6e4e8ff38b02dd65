import { Readable } from 'node:stream'
import { contract, MatrixError } from '@glia/contract'
import type { Database, Reads } from '@glia/database'
import { Reply, type Route, route } from '@glia/http'
import { isUlid } from '@glia/platform'
import type { HomeserverSchema } from '../schema.ts'
import { checkStorableText } from '../storable-text.ts'
import { type AuditFilter, type AuditRecord, findAuditRecords, listAuditRecords } from './audit-log.ts'

const EXPORTED_AT_ONCE = 500

export function auditAdminRoutes({ database }: { database: Database<HomeserverSchema> }): Route[] {
  const endpoints = contract.glia.audit
  return [
    route(endpoints.listAuditLog, async ({ query }) => {
      const { from, limit } = query
      if (from !== undefined && !isUlid(from)) throw new MatrixError('M_INVALID_PARAM', 'from must be the next_token of the page before')
      const found = await listAuditRecords(database.read, filterOf(query), { behind: from, newestFirst: true, limit: limit + 1 })
      const records = found.slice(0, limit)
      return { records: records.map(toWire), ...(found.length > limit ? { next_token: records.at(-1)!.id } : {}) }
    }),
    route(endpoints.exportAuditLog, async ({ query }) => {
      const headers = { 'content-type': 'application/x-ndjson', 'content-disposition': 'attachment; filename="audit-log.ndjson"' }
      return new Reply(200, headers, Readable.from(exportLines(database, filterOf(query))))
    }),
  ]
}

/** As in the list, by id. */
export async function auditRecordsById(reads: Reads<HomeserverSchema>, ids: readonly string[]) {
  return new Map((await findAuditRecords(reads, ids)).map((record) => [record.id, toWire(record)]))
}

async function* exportLines(database: Database<HomeserverSchema>, filter: AuditFilter): AsyncGenerator<string> {
  for (let behind: string | undefined; ; ) {
    const records = await listAuditRecords(database.read, filter, { behind, newestFirst: false, limit: EXPORTED_AT_ONCE })
    if (records.length > 0) yield records.map((record) => `${JSON.stringify(toWire(record))}\n`).join('')
    if (records.length < EXPORTED_AT_ONCE) return
    behind = records.at(-1)!.id
  }
}

interface Query {
  readonly actor?: string
  readonly operation?: string
  readonly target?: string
  readonly outcome?: AuditFilter['outcome']
  readonly since?: number
  readonly until?: number
}

function filterOf({ actor, operation, target, outcome, since, until }: Query): AuditFilter {
  for (const [name, text] of Object.entries({ actor, operation, target })) checkStorableText(text ?? '', name)
  return { actor, operation, target, outcome, sinceMs: since, untilMs: until }
}

function toWire({ actor, target, ...record }: AuditRecord) {
  return {
    id: record.id,
    at: record.atMs,
    operation: record.operation,
    actor: {
      user_id: actor.userId,
      client_id: actor.clientId,
      session_id: actor.sessionId,
      token: actor.token,
      ip: actor.ip,
      user_agent: actor.userAgent,
    },
    target: target ? { ...target } : null,
    request: { ...record.request },
    before: record.before && { ...record.before },
    after: record.after && { ...record.after },
    outcome: record.outcome,
    status: record.status,
    errcode: record.errcode,
  }
}
