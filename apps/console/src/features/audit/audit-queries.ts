import type { Client } from '@glia/client'
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { type AuditSearch, auditFilters, RECORDS_PER_PAGE } from './audit-search.ts'

export type AuditRecord = Awaited<ReturnType<Client['glia']['audit']['listAuditLog']>>['records'][number]

export function auditQuery(client: Client, search: AuditSearch) {
  const query = { ...auditFilters(search), ...(search.from !== undefined && { from: search.from }), limit: RECORDS_PER_PAGE }
  return queryOptions({
    queryKey: ['audit', query],
    queryFn: ({ signal }) => client.glia.audit.listAuditLog({ query, signal }),
    placeholderData: keepPreviousData,
  })
}
