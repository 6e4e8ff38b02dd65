import { Anchor, Button, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useSignedIn } from '../../app/session/index.ts'
import { countOf } from '../../ui/format.ts'
import { EmptyNotice, ErrorNotice, LoadingNotice } from '../../ui/notices.tsx'
import { RoomName } from '../rooms/room-name.tsx'
import { joinedRoomsQuery } from './user-queries.ts'

/** Names of rooms are asked for one by one, so not for all of them at once. */
const STEP = 20

/** The rooms that the user is in. */
export function UserRooms({ userId }: { userId: string }) {
  const { client } = useSignedIn()
  const rooms = useQuery(joinedRoomsQuery(client, userId))
  const [shown, setShown] = useState(STEP)
  if (rooms.isPending) return <LoadingNotice what="rooms" />
  if (rooms.isError) return <ErrorNotice title="The rooms could not be loaded" error={rooms.error} onRetry={rooms.refetch} />
  const { joined_rooms: ids, total } = rooms.data
  if (ids.length === 0) return <EmptyNotice title="No rooms">The user has joined none.</EmptyNotice>
  return (
    <Stack gap="xs">
      <Text size="sm" c="dimmed">
        {countOf(total, 'room')}
      </Text>
      {ids.slice(0, shown).map((roomId) => (
        <Anchor
          key={roomId}
          size="sm"
          style={{ overflowWrap: 'anywhere' }}
          renderRoot={(props) => <Link to="/rooms/$roomId" params={{ roomId }} {...props} />}
        >
          <RoomName roomId={roomId} />
        </Anchor>
      ))}
      {ids.length > shown && (
        <Button variant="default" size="xs" onClick={() => setShown(shown + STEP)}>
          Show more
        </Button>
      )}
    </Stack>
  )
}
