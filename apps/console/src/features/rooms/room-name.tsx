import { useQuery } from '@tanstack/react-query'
import { useSignedIn } from '../../app/session/index.ts'
import { nameOf } from './name-of.ts'
import { roomQuery } from './room-queries.ts'

/** The name of a room of which only the id is known; the id until, or if not, it is known. */
export function RoomName({ roomId }: { roomId: string }) {
  const { client } = useSignedIn()
  const room = useQuery({ ...roomQuery(client, roomId), staleTime: 60_000 })
  return room.data ? nameOf(room.data) : roomId
}
