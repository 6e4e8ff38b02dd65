import { Checkbox, List, NumberInput, Select, Stack, Text } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useSignedIn } from '../../app/session/index.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { countOf, formatCount } from '../../ui/format.ts'
import { toastDone } from '../../ui/toast.ts'
import type { UserSelection } from '../users/users-search.ts'
import { bulkKey } from './bulk-queries.ts'
import { ACTION_WORDS, type BulkAction, bulkUserActions } from './bulk-words.tsx'

const USUAL_PER_SECOND = 20

interface Preview {
  readonly act_on: number
  readonly skip: number
  readonly examples: readonly string[]
}

/** Acts on all users of a selection, by a bulk job of the server: first it says on whom. `onStarted` is told the id of the job. */
export function StartBulkDialog(props: { select: UserSelection; onClose: () => void; onStarted: (jobId: string) => void }) {
  const { onClose, onStarted } = props
  const { client } = useSignedIn()
  const queryClient = useQueryClient()
  // what is filtered on the page may change while this is open
  const [select] = useState(props.select)
  const [action, setAction] = useState<BulkAction>('lock')
  const [withAdmins, setWithAdmins] = useState(false)
  const [perSecond, setPerSecond] = useState<number | string>(USUAL_PER_SECOND)
  const { label, means, isFinal = false } = ACTION_WORDS[action]
  const request = { action, select, include_admins: withAdmins }
  const preview = useMutation({
    mutationFn: async () => (await client.glia.bulk.startUserBulk({ body: { ...request, dry_run: true } })).would!,
  })
  const start = useMutation({
    mutationFn: async () => (await client.glia.bulk.startUserBulk({ body: { ...request, per_second: Number(perSecond) } })).job!,
    onSuccess: async ({ job_id: jobId }) => {
      await queryClient.invalidateQueries({ queryKey: bulkKey })
      toastDone('The bulk job has begun.')
      onStarted(jobId)
    },
  })
  if (preview.data) {
    const { act_on: count } = preview.data
    return (
      <ConfirmDialog
        title={`${label}: ${countOf(count, 'user')}?`}
        confirmLabel={count === 0 ? 'Close' : label}
        isDangerous={isFinal}
        {...(isFinal && count > 0 && { typeToConfirm: `${action} ${count}` })}
        isPending={start.isPending}
        error={start.error}
        onConfirm={() => (count === 0 ? onClose() : start.mutate())}
        onClose={onClose}
      >
        <PreviewText preview={preview.data} means={means} />
      </ConfirmDialog>
    )
  }
  return (
    <ConfirmDialog
      title="Act on all users that fit"
      confirmLabel="Show what it would do"
      isPending={preview.isPending}
      error={preview.error}
      onConfirm={() => preview.mutate()}
      onClose={onClose}
    >
      <Text size="sm">On everyone whom the search and the filters choose, on all pages. Nothing happens before you have seen on whom.</Text>
      <Select
        label="What to do"
        description={means}
        allowDeselect={false}
        value={action}
        onChange={(value) => setAction(value as BulkAction)}
        data={bulkUserActions.map((value) => ({ value, label: ACTION_WORDS[value].label }))}
      />
      <Checkbox
        label="Also admins and helpers"
        description="Never you yourself."
        checked={withAdmins}
        onChange={(event) => setWithAdmins(event.currentTarget.checked)}
      />
      <NumberInput
        label="Users a second, at most"
        min={1}
        max={1000}
        allowDecimal={false}
        required
        withAsterisk={false}
        value={perSecond}
        onChange={setPerSecond}
      />
    </ConfirmDialog>
  )
}

function PreviewText({ preview, means }: { preview: Preview; means: string }) {
  const { act_on: count, skip, examples } = preview
  if (count === 0) return <Text size="sm">Nobody would be acted on{skip > 0 && `; ${formatCount(skip)} would be skipped`}.</Text>
  return (
    <Stack gap="xs">
      <Text size="sm">
        {means}
        {skip > 0 && ` ${countOf(skip, 'user is', 'users are')} left out: admins, helpers, or you.`}
      </Text>
      <List size="sm" spacing={2} style={{ overflowWrap: 'anywhere' }}>
        {examples.map((userId) => (
          <List.Item key={userId}>{userId}</List.Item>
        ))}
      </List>
      {count > examples.length && <Text size="sm">… and {formatCount(count - examples.length)} more.</Text>}
      <Text size="xs" c="dimmed">
        The server goes on with it when this page is closed. It can be paused and cancelled.
      </Text>
    </Stack>
  )
}
