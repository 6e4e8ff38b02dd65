import { Accordion, Button, Code, Stack, Text, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useSignedIn } from '../../app/session/index.ts'
import { countOf } from '../../ui/format.ts'
import { ErrorNotice, LoadingNotice } from '../../ui/notices.tsx'
import { roomStateQuery } from './room-queries.ts'

const STEP = 50

/** The current state of the room, event by event. */
export function RoomState({ roomId }: { roomId: string }) {
  const { client } = useSignedIn()
  const state = useQuery(roomStateQuery(client, roomId))
  const [filter, setFilter] = useState('')
  const [shown, setShown] = useState(STEP)
  if (state.isPending) return <LoadingNotice what="state" />
  if (state.isError) return <ErrorNotice title="The state could not be loaded" error={state.error} onRetry={state.refetch} />
  const entries = state.data.state
    .map((event) => ({ event, label: [event.type, event.state_key].filter((part) => part !== '').join(' · ') }))
    .filter(({ label }) => label.toLowerCase().includes(filter.trim().toLowerCase()))
  return (
    <Stack gap="xs">
      <TextInput
        size="xs"
        aria-label="Filter by type or state key"
        placeholder="Filter by type or state key"
        value={filter}
        onChange={(event) => setFilter(event.currentTarget.value)}
      />
      <Text size="sm" c="dimmed" role="status">
        {countOf(entries.length, 'event')}
      </Text>
      <Accordion variant="separated" radius="sm" chevronPosition="left">
        {entries.slice(0, shown).map(({ event, label }) => (
          <Accordion.Item key={label} value={label}>
            <Accordion.Control>
              <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
                {label}
              </Text>
            </Accordion.Control>
            <Accordion.Panel>
              <Code block tabIndex={0}>
                {JSON.stringify(event, undefined, 2)}
              </Code>
            </Accordion.Panel>
          </Accordion.Item>
        ))}
      </Accordion>
      {entries.length > shown && (
        <Button variant="default" size="xs" onClick={() => setShown(shown + STEP)}>
          Show more
        </Button>
      )}
    </Stack>
  )
}
