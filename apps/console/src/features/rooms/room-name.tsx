import { contract } from '@glia/contract'
import { Anchor } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useSignedIn } from '../../app/session/index.ts'
import { nameOf } from './name-of.ts'
import { roomQuery } from './room-queries.ts'

/** The name of a room of which only the id is known; the id until, or if not, it is known. */
export function RoomName({ roomId }: { roomId: string }) {
  const { client, powers } = useSignedIn()
  const room = useQuery({
    ...roomQuery(client, roomId),
    staleTime: 60_000,
    enabled: powers.may(contract.admin.rooms.getRoom),
  })
  return room.data ? nameOf(room.data) : roomId
}

/** The same as a link to the room. */
export function RoomLink({ roomId }: { roomId: string }) {
  return (
    <Anchor
      size="sm"
      style={{ overflowWrap: 'anywhere' }}
      renderRoot={(props) => <Link to="/rooms/$roomId" params={{ roomId }} {...props} />}
    >
      <RoomName roomId={roomId} />
    </Anchor>
  )
}
