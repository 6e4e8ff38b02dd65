import { contract } from '@glia/contract'
import { Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useSignedIn } from '../../app/session/index.ts'
import { messageOf } from '../../ui/message-of.ts'
import { LoadingNotice } from '../../ui/notices.tsx'
import { EventView } from '../rooms/event-view.tsx'
import { asRoomEvent } from '../rooms/room-event.ts'
import { type Report, reportContextQuery } from './report-queries.ts'

/** The reported event among its neighbours, where the account may read rooms; else as the report has it. */
export function ReportEvent({ report }: { report: Report }) {
  const { client, powers } = useSignedIn()
  const { room_id: roomId, event_id: eventId } = report
  const mayRead = powers.may(contract.admin.roomHistory.getEventContext)
  const context = useQuery({
    ...reportContextQuery(client, roomId ?? '', eventId ?? ''),
    enabled: mayRead && roomId !== null && eventId !== null && report.event !== null,
  })
  const { data } = context
  return (
    <Stack gap="xs" component="section" aria-label="What was said">
      <Title order={3} size="h6">
        What was said
      </Title>
      {report.event === null && (
        <Text size="sm" c="dimmed">
          The event is gone, or this server never had it.
        </Text>
      )}
      {context.isLoading && <LoadingNotice what="the messages around it" />}
      {context.isError && (
        <Text size="sm" c="dimmed">
          The messages around it could not be loaded: {messageOf(context.error)}
        </Text>
      )}
      {data?.events_before
        .map(asRoomEvent)
        .toReversed()
        .map((event) => (
          <EventView key={event.event_id} event={event} />
        ))}
      {report.event && <EventView event={asRoomEvent(data?.event ?? report.event)} isMarked />}
      {data?.events_after.map(asRoomEvent).map((event) => (
        <EventView key={event.event_id} event={event} />
      ))}
      {report.event && !mayRead && (
        <Text size="sm" c="dimmed">
          Your role may not read what was said around it.
        </Text>
      )}
    </Stack>
  )
}
