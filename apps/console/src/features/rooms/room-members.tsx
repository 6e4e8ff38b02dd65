import { Anchor, Button, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useSignedIn } from '../../app/session/index.ts'
import { countOf } from '../../ui/format.ts'
import { EmptyNotice, ErrorNotice, LoadingNotice } from '../../ui/notices.tsx'
import { roomMembersQuery } from './room-queries.ts'

const STEP = 100

/** Who is in the room. Members of this server lead to their account. */
export function RoomMembers({ roomId }: { roomId: string }) {
  const { client, session } = useSignedIn()
  const members = useQuery(roomMembersQuery(client, roomId))
  const [shown, setShown] = useState(STEP)
  const ownServer = session.userId.slice(session.userId.indexOf(':'))
  if (members.isPending) return <LoadingNotice what="members" />
  if (members.isError) return <ErrorNotice title="The members could not be loaded" error={members.error} onRetry={members.refetch} />
  if (members.data.total === 0) return <EmptyNotice title="Nobody is in this room" />
  return (
    <Stack gap={6}>
      <Text size="sm" c="dimmed">
        {countOf(members.data.total, 'member')}
      </Text>
      {members.data.members.slice(0, shown).map((userId) =>
        userId.endsWith(ownServer) ? (
          <Anchor
            key={userId}
            size="sm"
            style={{ overflowWrap: 'anywhere' }}
            renderRoot={(props) => <Link to="/users/$userId" params={{ userId }} {...props} />}
          >
            {userId}
          </Anchor>
        ) : (
          <Text key={userId} size="sm" style={{ overflowWrap: 'anywhere' }}>
            {userId}
          </Text>
        ),
      )}
      {members.data.members.length > shown && (
        <Button variant="default" size="xs" onClick={() => setShown(shown + STEP)}>
          Show more
        </Button>
      )}
    </Stack>
  )
}
