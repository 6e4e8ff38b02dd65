import type { Client } from '@glia/client'
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { BulkSearch } from './bulk-search.ts'

export type BulkJob = Awaited<ReturnType<Client['glia']['bulk']['getBulkJob']>>
export type BulkOutcome = 'done' | 'failed' | 'skipped'

/** Everything about bulk jobs that is kept in memory. */
export const bulkKey = ['bulk'] as const

const JOBS_PER_PAGE = 50
const RESULTS_PER_PAGE = 50
const POLL_MS = 1500

/** Newest first; asked for again and again while one is under way. */
export function bulkJobsQuery(client: Client, { from }: BulkSearch) {
  const query = { limit: JOBS_PER_PAGE, ...(from !== undefined && { from }) }
  return queryOptions({
    queryKey: [...bulkKey, 'list', query],
    queryFn: ({ signal }) => client.glia.bulk.listBulkJobs({ query, signal }),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state: { data } }) => (data?.jobs.some(isUnderWay) ? POLL_MS : false),
  })
}

export function bulkJobQuery(client: Client, jobId: string) {
  return queryOptions({
    queryKey: [...bulkKey, 'one', jobId],
    queryFn: ({ signal }) => client.glia.bulk.getBulkJob({ params: { job_id: jobId }, signal }),
    refetchInterval: ({ state: { data } }) => (data && isUnderWay(data) ? POLL_MS : false),
  })
}

/** What became of each user, by user id. @param job asked for anew when it has got on */
export function bulkResultsQuery(client: Client, job: BulkJob, outcome: BulkOutcome) {
  return infiniteQueryOptions({
    queryKey: [...bulkKey, 'results', job.job_id, outcome, job[outcome]],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      client.glia.bulk.getBulkResults({
        params: { job_id: job.job_id },
        query: { outcome, limit: RESULTS_PER_PAGE, ...(pageParam !== undefined && { from: pageParam }) },
        signal,
      }),
    getNextPageParam: ({ next_token: next }) => next,
    placeholderData: (previous, query) => (query?.queryKey[3] === outcome ? previous : undefined),
  })
}

export function isUnderWay({ state }: BulkJob): boolean {
  return state === 'running'
}
