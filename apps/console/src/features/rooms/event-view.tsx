import { ActionIcon, Code, Group, Paper, Text } from '@mantine/core'
import { IconBraces } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { Moment } from '../../ui/moment.tsx'
import { UserName } from '../users/user-name.tsx'
import { EventPicture } from './event-picture.tsx'
import { type RoomEvent, textOf } from './room-event.ts'

/** One event of a room: who, when, what; the whole of it on demand. */
export function EventView(props: { event: RoomEvent; isMarked?: boolean; actions?: ReactNode }) {
  const { event, isMarked = false, actions } = props
  const [isWhole, setWhole] = useState(false)
  const told = textOf(event)
  return (
    <Paper
      withBorder
      px="xs"
      py={6}
      component="article"
      aria-label={isMarked ? 'The reported event' : `Event by ${event.sender}`}
      style={isMarked ? { borderColor: 'var(--mantine-color-anchor)', borderWidth: 2 } : undefined}
    >
      <Group justify="space-between" gap="xs" wrap="nowrap" align="flex-start">
        <Text size="xs" fw={600} style={{ overflowWrap: 'anywhere' }} component="div">
          <UserName userId={event.sender} />
        </Text>
        <Group gap={4} wrap="nowrap" style={{ flexShrink: 0 }}>
          <Text size="xs" c="dimmed" component="div">
            <Moment ms={event.origin_server_ts} />
          </Text>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            aria-label={isWhole ? 'Hide the whole event' : 'Show the whole event'}
            aria-expanded={isWhole}
            onClick={() => setWhole(!isWhole)}
          >
            <IconBraces size={14} aria-hidden />
          </ActionIcon>
          {actions}
        </Group>
      </Group>
      <Text size="sm" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }} {...(!told?.isQuoted && { c: 'dimmed', fs: 'italic' })}>
        {told?.text ?? [event.type, event.state_key].filter(Boolean).join(' · ')}
      </Text>
      <EventPicture event={event} />
      {isWhole && (
        <Code block tabIndex={0} mt={4}>
          {JSON.stringify(event, undefined, 2)}
        </Code>
      )}
    </Paper>
  )
}
