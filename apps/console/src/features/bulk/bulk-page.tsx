import { Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useSignedIn } from '../../app/session/index.ts'
import { CursorPager } from '../../ui/cursor-pager.tsx'
import { DataList, type ListColumn } from '../../ui/data-list.tsx'
import { formatCount } from '../../ui/format.ts'
import { Moment } from '../../ui/moment.tsx'
import { EmptyNotice, ErrorNotice } from '../../ui/notices.tsx'
import { Page } from '../../ui/page.tsx'
import { RowTitle } from '../../ui/row-title.tsx'
import { withoutUndefined } from '../../ui/search-params.ts'
import { WithSidePanel } from '../../ui/side-panel.tsx'
import { UserName } from '../users/user-name.tsx'
import { BulkPanel } from './bulk-panel.tsx'
import { type BulkJob, bulkJobsQuery } from './bulk-queries.ts'
import type { BulkSearch } from './bulk-search.ts'
import { BulkStateBadge, jobTitle } from './bulk-words.tsx'

const route = getRouteApi('/signed-in/bulk')

const columns: readonly ListColumn<BulkJob>[] = [
  { id: 'action', header: 'What', cell: (job) => <ActionCell job={job} /> },
  { id: 'state', header: 'State', cell: ({ state }) => <BulkStateBadge state={state} /> },
  { id: 'done', header: 'Done', align: 'right', cell: ({ done }) => formatCount(done) },
  { id: 'failed', header: 'Failed', align: 'right', cell: ({ failed }) => formatCount(failed) },
  { id: 'skipped', header: 'Skipped', align: 'right', isSecondary: true, cell: ({ skipped }) => formatCount(skipped) },
  { id: 'by', header: 'By', isSecondary: true, cell: (job) => <UserName userId={job.created_by} /> },
  { id: 'when', header: 'Begun', cell: (job) => <Moment ms={job.created_at} /> },
]

/** What is, and was, done to many users at once. */
export function BulkPage() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const { client } = useSignedIn()
  const list = useQuery(bulkJobsQuery(client, search))
  const change = (next: { [K in keyof BulkSearch]: BulkSearch[K] | undefined }) =>
    navigate({ search: (current) => withoutUndefined({ ...current, ...next }) as BulkSearch })
  const { next_token: next } = list.data ?? {}
  return (
    <WithSidePanel
      panel={search.job !== undefined && <BulkPanel key={search.job} jobId={search.job} onClose={() => change({ job: undefined })} />}
    >
      <Page title="Bulk jobs">
        {list.isError && <ErrorNotice title="The bulk jobs could not be loaded" error={list.error} onRetry={list.refetch} />}
        {!(list.isError && !list.data) && (
          <Stack gap="sm">
            <DataList
              label="Bulk jobs"
              columns={columns}
              rows={list.data?.jobs}
              keyOf={(job) => job.job_id}
              selectedKey={search.job}
              onOpen={(job) => change({ job: job.job_id })}
              empty={
                <EmptyNotice title="No bulk jobs">Choose users in their list and act on all that fit: that is a bulk job.</EmptyNotice>
              }
            />
            <CursorPager
              isLater={search.from !== undefined}
              hasNext={next !== undefined}
              onFirst={() => change({ from: undefined })}
              onNext={() => change({ from: next })}
            />
          </Stack>
        )}
      </Page>
    </WithSidePanel>
  )
}

function ActionCell({ job }: { job: BulkJob }) {
  return (
    <RowTitle link={(props) => <Link to="/bulk" search={(current: object) => ({ ...current, job: job.job_id })} {...props} />}>
      {jobTitle(job)}
    </RowTitle>
  )
}
