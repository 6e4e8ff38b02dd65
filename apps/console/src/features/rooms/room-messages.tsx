import { ActionIcon, Button, Checkbox, Stack, Text, Tooltip } from '@mantine/core'
import { IconEraser } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useSignedIn } from '../../app/session/index.ts'
import { EmptyNotice, ErrorNotice, LoadingNotice } from '../../ui/notices.tsx'
import { EventView } from './event-view.tsx'
import { mayActInRooms, RoomActionDialog } from './room-action-dialog.tsx'
import { asRoomEvent, isRedacted, type RoomEvent } from './room-event.ts'
import { roomMessagesQuery } from './room-queries.ts'

/** What is said in the room, newest first, page by page. */
export function RoomMessages({ roomId }: { roomId: string }) {
  const { client, powers } = useSignedIn()
  const [onlyMessages, setOnlyMessages] = useState(true)
  const pages = useInfiniteQuery(roomMessagesQuery(client, roomId, onlyMessages))
  const [redacting, setRedacting] = useState<RoomEvent>()
  const events = pages.data?.pages.flatMap(({ chunk }) => chunk.map(asRoomEvent)) ?? []
  const mayRedact = mayActInRooms(powers, 'redact')
  return (
    <Stack gap="xs">
      {powers.isGlia && (
        <Text size="xs" c="dimmed">
          The audit log says who read messages here.
        </Text>
      )}
      <Checkbox size="xs" label="Only messages" checked={onlyMessages} onChange={(event) => setOnlyMessages(event.currentTarget.checked)} />
      {pages.isPending && <LoadingNotice what="messages" />}
      {pages.isError && <ErrorNotice title="The messages could not be loaded" error={pages.error} onRetry={pages.refetch} />}
      {pages.data && events.length === 0 && !pages.hasNextPage && <EmptyNotice title="Nothing has been said" />}
      {events.map((event) => (
        <EventView
          key={event.event_id}
          event={event}
          actions={
            mayRedact &&
            !isRedacted(event) && (
              <Tooltip label="Redact" withArrow>
                <ActionIcon variant="subtle" color="red" size="sm" aria-label="Redact" onClick={() => setRedacting(event)}>
                  <IconEraser size={14} aria-hidden />
                </ActionIcon>
              </Tooltip>
            )
          }
        />
      ))}
      {pages.hasNextPage && (
        <Button variant="default" size="xs" loading={pages.isFetchingNextPage} onClick={() => pages.fetchNextPage()}>
          Older messages
        </Button>
      )}
      {redacting && (
        <RoomActionDialog action={{ kind: 'redact', roomId, target: redacting.event_id }} onClose={() => setRedacting(undefined)} />
      )}
    </Stack>
  )
}
