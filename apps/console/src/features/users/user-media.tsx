import { contract } from '@glia/contract'
import { Button, Card, Group, Stack, Text } from '@mantine/core'
import { IconEye, IconEyeOff } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useSignedIn } from '../../app/session/index.ts'
import { AskFirst } from '../../ui/ask-first.tsx'
import { DeleteButton } from '../../ui/delete-button.tsx'
import { formatBytes } from '../../ui/format.ts'
import { Moment } from '../../ui/moment.tsx'
import { EmptyNotice, ErrorNotice, LoadingNotice } from '../../ui/notices.tsx'
import { Pager } from '../../ui/pager.tsx'
import { QuarantineAll } from '../../ui/quarantine-all.tsx'
import { StatusBadge } from '../../ui/status-badge.tsx'
import { toastFailed } from '../../ui/toast.ts'
import { useUserChange } from './use-user-change.ts'
import { MEDIA_PER_PAGE, type UserMedia, userMediaQuery } from './user-queries.ts'

const { media } = contract.admin

/** The files that the user uploaded, newest first. */
export function UserMediaList({ userId }: { userId: string }) {
  const { client, powers } = useSignedIn()
  const [page, setPage] = useState(1)
  const files = useQuery(userMediaQuery(client, userId, page))
  if (files.isPending) return <LoadingNotice what="media" />
  if (files.isError) return <ErrorNotice title="The media could not be loaded" error={files.error} onRetry={files.refetch} />
  if (files.data.total === 0) return <EmptyNotice title="No media">The user has uploaded nothing.</EmptyNotice>
  return (
    <Stack gap="xs">
      {files.data.media.map((file) => (
        <MediaCard key={file.media_id} file={file} userId={userId} />
      ))}
      <Pager page={page} limit={MEDIA_PER_PAGE} total={files.data.total} onPage={setPage} />
      {powers.may(media.quarantineUserMedia) && (
        <Group>
          <QuarantineUserMedia userId={userId} />
        </Group>
      )}
    </Stack>
  )
}

function MediaCard({ file, userId }: { file: UserMedia; userId: string }) {
  const { powers } = useSignedIn()
  const serverName = userId.slice(userId.indexOf(':') + 1)
  const name = file.upload_name ?? file.media_id
  const isHidden = file.quarantined_by !== null
  const params = { server_name: serverName, media_id: file.media_id }
  const hide = useUserChange({
    change: (client) => (isHidden ? client.admin.media.unquarantineMedia({ params }) : client.admin.media.quarantineMedia({ params })),
    done: () => `${name} ${isHidden ? 'can be seen again' : 'is in quarantine'}.`,
  })
  const remove = useUserChange({
    change: (client) => client.admin.media.deleteMedia({ params }),
    done: () => `${name} has been deleted.`,
  })
  return (
    <Card withBorder padding="sm">
      <Stack gap={4}>
        <Group gap="xs" wrap="nowrap" justify="space-between">
          <Text size="sm" fw={600} style={{ overflowWrap: 'anywhere' }}>
            {name}
          </Text>
          {isHidden && <StatusBadge kind="watch">Quarantined</StatusBadge>}
        </Group>
        <Text size="xs" c="dimmed">
          {[file.media_type, file.media_length === null ? undefined : formatBytes(file.media_length)].filter(Boolean).join(' · ')}
          {' · uploaded '}
          <Moment ms={file.created_ts} />
        </Text>
        <Group gap="xs" mt={4}>
          {powers.may(media.quarantineMedia) && (
            <Button
              size="compact-xs"
              variant="default"
              leftSection={isHidden ? <IconEye size={14} aria-hidden /> : <IconEyeOff size={14} aria-hidden />}
              loading={hide.isPending}
              onClick={() => hide.mutate(undefined, { onError: (error) => toastFailed('The quarantine was not changed', error) })}
            >
              {isHidden ? 'Release' : 'Quarantine'}
            </Button>
          )}
          {powers.may(media.deleteMedia) && (
            <AskFirst
              title="Delete this file?"
              confirmLabel="Delete"
              isDangerous
              change={remove}
              control={(ask) => <DeleteButton onClick={ask} />}
            >
              <Text size="sm">
                <b>{name}</b> will be gone for everyone. This cannot be undone.
              </Text>
            </AskFirst>
          )}
        </Group>
      </Stack>
    </Card>
  )
}

function QuarantineUserMedia({ userId }: { userId: string }) {
  const quarantine = useUserChange({
    change: (client) => client.admin.media.quarantineUserMedia({ params: { user_id: userId } }),
    done: () => `The media of ${userId} are in quarantine.`,
  })
  return (
    <QuarantineAll title="Quarantine all media of this user?" change={quarantine}>
      Nobody can see any file that {userId} uploaded until it is released.
    </QuarantineAll>
  )
}
