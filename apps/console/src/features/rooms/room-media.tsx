import { contract } from '@glia/contract'
import { Button, Group, List, Stack, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useSignedIn } from '../../app/session/index.ts'
import { countOf, formatCount } from '../../ui/format.ts'
import { EmptyNotice, ErrorNotice, LoadingNotice } from '../../ui/notices.tsx'
import { QuarantineAll } from '../../ui/quarantine-all.tsx'
import { roomMediaQuery } from './room-queries.ts'
import { useRoomChange } from './use-room-change.ts'

const STEP = 100

/** The files that unencrypted events of the room point to, by who keeps them. */
export function RoomMedia({ roomId }: { roomId: string }) {
  const { client, powers } = useSignedIn()
  const media = useQuery(roomMediaQuery(client, roomId))
  if (media.isPending) return <LoadingNotice what="media" />
  if (media.isError) return <ErrorNotice title="The media could not be loaded" error={media.error} onRetry={media.refetch} />
  const { local, remote } = media.data
  const count = local.length + remote.length
  if (count === 0) return <EmptyNotice title="No media">Files in encrypted messages are not known.</EmptyNotice>
  return (
    <Stack gap="md">
      {powers.may(contract.admin.media.quarantineRoomMedia) && <QuarantineRoomMedia roomId={roomId} count={count} />}
      <Files title="Of this server" files={local} />
      <Files title="Of other servers" files={remote} />
    </Stack>
  )
}

function Files({ title, files }: { title: string; files: readonly string[] }) {
  const [shown, setShown] = useState(STEP)
  if (files.length === 0) return null
  return (
    <Stack gap="xs" component="section" aria-label={title}>
      <Title order={3} size="h6">
        {title} ({formatCount(files.length)})
      </Title>
      <List size="sm" listStyleType="none" style={{ overflowWrap: 'anywhere' }}>
        {files.slice(0, shown).map((mxc) => (
          <List.Item key={mxc}>{mxc}</List.Item>
        ))}
      </List>
      {files.length > shown && (
        <Button variant="default" size="xs" onClick={() => setShown(shown + STEP)}>
          Show more
        </Button>
      )}
    </Stack>
  )
}

function QuarantineRoomMedia({ roomId, count }: { roomId: string; count: number }) {
  const quarantine = useRoomChange({
    change: (client) => client.admin.media.quarantineRoomMedia({ params: { room_id: roomId } }),
    done: (hidden) => `${countOf('num_quarantined' in hidden ? hidden.num_quarantined : 0, 'file is', 'files are')} in quarantine.`,
    onDone: () => undefined,
  })
  return (
    <Group>
      <QuarantineAll title="Quarantine all media of this room?" change={quarantine}>
        Nobody of this server can see the {countOf(count, 'file')} until they are released.
      </QuarantineAll>
    </Group>
  )
}
