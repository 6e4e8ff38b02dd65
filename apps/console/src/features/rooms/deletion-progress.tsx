import { Alert, Anchor, Group, List, Loader, Spoiler, Stack, Text } from '@mantine/core'
import { IconAlertCircle, IconCheck } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { countOf } from '../../ui/format.ts'
import { isUnderWay, type RoomDeletion, roomsKey } from './room-queries.ts'

const TITLES: Record<string, string> = {
  scheduled: 'The deletion waits for its turn',
  active: 'This room is being deleted',
  shutting_down: 'Members are being removed',
  purging: 'The room’s messages and state are being deleted',
  complete: 'This room has been deleted',
  failed: 'The deletion has failed',
  cancelled: 'The deletion has been cancelled',
}

/** How a deletion is getting on. The server goes on with it when this is closed. */
export function DeletionProgress({ deletion, roomId }: { deletion: RoomDeletion; roomId: string }) {
  const underWay = isUnderWay(deletion)
  useAskAnewWhenDone(underWay, roomId)
  const { shutdown_room: summary } = deletion
  const isDone = deletion.status === 'complete'
  return (
    <Alert
      role="status"
      variant="light"
      color={underWay ? 'teal' : isDone ? 'teal' : 'red'}
      title={TITLES[deletion.status] ?? deletion.status}
      icon={underWay ? <Loader size={18} aria-hidden /> : isDone ? <IconCheck aria-hidden /> : <IconAlertCircle aria-hidden />}
    >
      <Stack gap="xs">
        {underWay && <Text size="sm">You can close this; the deletion goes on.</Text>}
        {deletion.error && <Text size="sm">{deletion.error}</Text>}
        {summary && (
          <>
            <Text size="sm">
              {countOf(summary.kicked_users.length, 'member')} removed
              {summary.local_aliases.length > 0 && `, ${countOf(summary.local_aliases.length, 'alias', 'aliases')} deleted`}.
            </Text>
            {summary.failed_to_kick_users.length > 0 && (
              <Spoiler maxHeight={96} showLabel="Show all" hideLabel="Show less">
                <Text size="sm">Could not be removed:</Text>
                <List size="sm">
                  {summary.failed_to_kick_users.map((userId) => (
                    <List.Item key={userId}>{userId}</List.Item>
                  ))}
                </List>
              </Spoiler>
            )}
            {summary.new_room_id && (
              <Group gap={4}>
                <Text size="sm">Members were moved to</Text>
                <Anchor size="sm" renderRoot={(props) => <Link to="/rooms/$roomId" params={{ roomId: summary.new_room_id! }} {...props} />}>
                  {summary.new_room_id}
                </Anchor>
              </Group>
            )}
          </>
        )}
      </Stack>
    </Alert>
  )
}

/** When it ends, the lists and the room are out of date. */
function useAskAnewWhenDone(underWay: boolean, roomId: string): void {
  const queryClient = useQueryClient()
  const before = useRef({ underWay, roomId })
  useEffect(() => {
    const ended = before.current.underWay && !underWay && before.current.roomId === roomId
    before.current = { underWay, roomId }
    if (ended) void queryClient.invalidateQueries({ queryKey: roomsKey })
  }, [underWay, roomId, queryClient])
}
