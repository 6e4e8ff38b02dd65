import { contract } from '@glia/contract'
import { Button, Group, SegmentedControl, Stack, Text, Title } from '@mantine/core'
import { IconPlayerPause, IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react'
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useSignedIn } from '../../app/session/index.ts'
import { AskFirst } from '../../ui/ask-first.tsx'
import { Facts } from '../../ui/facts.tsx'
import { formatCount } from '../../ui/format.ts'
import { ExactMoment } from '../../ui/moment.tsx'
import { EmptyNotice, ErrorNotice, LoadingNotice } from '../../ui/notices.tsx'
import { SidePanel } from '../../ui/side-panel.tsx'
import { toastFailed } from '../../ui/toast.ts'
import { UserLink } from '../users/user-name.tsx'
import { type BulkJob, type BulkOutcome, bulkJobQuery, bulkKey, bulkResultsQuery } from './bulk-queries.ts'
import { BulkStateBadge, jobTitle } from './bulk-words.tsx'

/** One bulk job: how far it is, what can be done with it, and what became of each user, room or file. */
export function BulkPanel({ jobId, onClose }: { jobId: string; onClose: () => void }) {
  const { client } = useSignedIn()
  const job = useQuery(bulkJobQuery(client, jobId))
  return (
    <SidePanel
      title={job.data ? jobTitle(job.data) : 'Bulk job'}
      subtitle={job.data && <BulkStateBadge state={job.data.state} />}
      onClose={onClose}
    >
      {job.isPending && <LoadingNotice what="the bulk job" />}
      {job.isError && <ErrorNotice title="The bulk job could not be loaded" error={job.error} onRetry={job.refetch} />}
      {job.data && (
        <Stack gap="md">
          <Text size="sm" role="status">
            {[
              `${formatCount(job.data.done)} done`,
              `${formatCount(job.data.failed)} failed`,
              `${formatCount(job.data.skipped)} skipped`,
            ].join(' · ')}
          </Text>
          <JobControls job={job.data} />
          <Facts
            entries={{
              By: <UserLink userId={job.data.created_by} />,
              Begun: <ExactMoment ms={job.data.created_at} />,
              'Last change': <ExactMoment ms={job.data.changed_at} />,
              Job: job.data.job_id,
            }}
          />
          <Results job={job.data} />
        </Stack>
      )}
    </SidePanel>
  )
}

type NextState = 'running' | 'paused' | 'cancelled'

function JobControls({ job }: { job: BulkJob }) {
  const { client, powers } = useSignedIn()
  const queryClient = useQueryClient()
  const change = (state: NextState) => ({
    mutationFn: () => client.glia.bulk.setBulkState({ params: { job_id: job.job_id }, body: { state } }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: bulkKey }),
  })
  const pause = useMutation(change('paused'))
  const resume = useMutation(change('running'))
  const cancel = useMutation(change('cancelled'))
  const isOver = job.state === 'complete' || job.state === 'cancelled'
  if (isOver || !powers.may(contract.glia.bulk.setBulkState)) return null
  const onError = (error: unknown) => toastFailed('The job goes on as before', error)
  return (
    <Group gap="xs">
      {job.state === 'running' ? (
        <Button
          size="xs"
          variant="default"
          leftSection={<IconPlayerPause size={16} aria-hidden />}
          loading={pause.isPending}
          onClick={() => pause.mutate(undefined, { onError })}
        >
          Pause
        </Button>
      ) : (
        <Button
          size="xs"
          variant="default"
          leftSection={<IconPlayerPlay size={16} aria-hidden />}
          loading={resume.isPending}
          onClick={() => resume.mutate(undefined, { onError })}
        >
          Go on
        </Button>
      )}
      <AskFirst
        title="Cancel this job?"
        confirmLabel="Cancel the job"
        isDangerous
        change={cancel}
        control={(ask) => (
          <Button size="xs" variant="light" color="red" leftSection={<IconPlayerStop size={16} aria-hidden />} onClick={ask}>
            Cancel
          </Button>
        )}
      >
        <Text size="sm">It ends where it is and cannot go on. What is done stays done.</Text>
      </AskFirst>
    </Group>
  )
}

const OUTCOMES: Readonly<Record<BulkOutcome, string>> = { failed: 'Failed', done: 'Done', skipped: 'Skipped' }

function Results({ job }: { job: BulkJob }) {
  const { client } = useSignedIn()
  const [chosen, setChosen] = useState<BulkOutcome>()
  const outcome = chosen ?? (job.failed > 0 ? 'failed' : 'done')
  const pages = useInfiniteQuery(bulkResultsQuery(client, job, outcome))
  const results = pages.data?.pages.flatMap((page) => page.results) ?? []
  return (
    <Stack gap="xs" component="section" aria-label="Results">
      <Title order={3} size="h6">
        Results
      </Title>
      <SegmentedControl
        size="xs"
        aria-label="Outcome"
        value={outcome}
        onChange={(value) => setChosen(value as BulkOutcome)}
        data={Object.entries(OUTCOMES).map(([value, label]) => ({ value, label: `${label} (${formatCount(job[value as BulkOutcome])})` }))}
      />
      {outcome === 'skipped' && (
        <Text size="xs" c="dimmed">
          {job.kind === 'media' ? 'Protected from quarantine.' : 'Admins, helpers, and whoever asked for it.'}
        </Text>
      )}
      {pages.isPending && <LoadingNotice what="results" />}
      {pages.isError && <ErrorNotice title="The results could not be loaded" error={pages.error} onRetry={pages.refetch} />}
      {pages.data && results.length === 0 && <EmptyNotice title={job.kind === 'users' ? 'Nobody' : 'Nothing'} />}
      {results.map(({ user_id: userId, room_id: roomId, media_id: mediaId, error }) => (
        <Stack key={userId ?? roomId ?? mediaId} gap={0}>
          <Text size="sm" component="div" style={{ overflowWrap: 'anywhere' }}>
            {userId === undefined ? (roomId ?? mediaId) : <UserLink userId={userId} name={userId} />}
          </Text>
          {error !== null && (
            <Text size="xs" c="var(--mantine-color-error)" style={{ overflowWrap: 'anywhere' }}>
              {error}
            </Text>
          )}
        </Stack>
      ))}
      {pages.hasNextPage && (
        <Button variant="default" size="xs" loading={pages.isFetchingNextPage} onClick={() => pages.fetchNextPage()}>
          Show more
        </Button>
      )}
    </Stack>
  )
}
