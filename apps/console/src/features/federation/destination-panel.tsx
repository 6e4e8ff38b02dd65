import { contract } from '@glia/contract'
import { Button, Group, Stack, Text, Title } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useSignedIn } from '../../app/session/index.ts'
import { Facts } from '../../ui/facts.tsx'
import { ExactMoment } from '../../ui/moment.tsx'
import { EmptyNotice, ErrorNotice, LoadingNotice } from '../../ui/notices.tsx'
import { Pager } from '../../ui/pager.tsx'
import { SidePanel } from '../../ui/side-panel.tsx'
import { StatusBadge } from '../../ui/status-badge.tsx'
import { toastDone, toastFailed } from '../../ui/toast.ts'
import { RoomLink } from '../rooms/room-name.tsx'
import { type Destination, destinationQuery, destinationRoomsQuery, federationKey, ROOMS_PER_PAGE } from './federation-queries.ts'

/** One server: since when it fails, when it is tried again, and which rooms are shared with it. */
export function DestinationPanel({ name, onClose }: { name: string; onClose: () => void }) {
  const { client } = useSignedIn()
  const server = useQuery(destinationQuery(client, name))
  return (
    <SidePanel title={name} subtitle={server.data && <DestinationBadge destination={server.data} />} onClose={onClose}>
      {server.isPending && <LoadingNotice what="the server" />}
      {server.isError && <ErrorNotice title="The server could not be loaded" error={server.error} onRetry={server.refetch} />}
      {server.data && (
        <Stack gap="md">
          <DestinationFacts destination={server.data} />
          {server.data.failure_ts !== null && <TryAgain name={name} />}
          <SharedRooms name={name} />
        </Stack>
      )}
    </SidePanel>
  )
}

export function DestinationBadge({ destination: { failure_ts: failure } }: { destination: Destination }) {
  return failure === null ? <StatusBadge kind="strong">Reached</StatusBadge> : <StatusBadge kind="grave">Fails</StatusBadge>
}

function DestinationFacts({ destination }: { destination: Destination }) {
  const { failure_ts: failure, retry_last_ts: last, retry_interval: interval } = destination
  if (failure === null) return <Text size="sm">What is sent to it arrives.</Text>
  return (
    <Facts
      entries={{
        'Fails since': <ExactMoment ms={failure} />,
        'Last try': last > 0 && <ExactMoment ms={last} />,
        'Next try': last > 0 && <ExactMoment ms={last + interval} />,
      }}
    />
  )
}

function TryAgain({ name }: { name: string }) {
  const { client, powers } = useSignedIn()
  const queryClient = useQueryClient()
  const reset = useMutation({
    mutationFn: () => client.admin.federation.resetConnection({ params: { destination: name } }),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: federationKey })
      toastDone(`${name} is tried again now.`)
    },
    onError: (error) => toastFailed('The server is not tried again', error),
  })
  if (!powers.may(contract.admin.federation.resetConnection)) return null
  return (
    <Group>
      <Button
        variant="default"
        size="xs"
        leftSection={<IconRefresh size={16} aria-hidden />}
        loading={reset.isPending}
        onClick={() => reset.mutate()}
      >
        Try again now
      </Button>
    </Group>
  )
}

function SharedRooms({ name }: { name: string }) {
  const { client } = useSignedIn()
  const [page, setPage] = useState(1)
  const rooms = useQuery(destinationRoomsQuery(client, name, page))
  return (
    <Stack gap="xs" component="section" aria-label="Shared rooms">
      <Title order={3} size="h6">
        Shared rooms
      </Title>
      {rooms.isPending && <LoadingNotice what="rooms" />}
      {rooms.isError && <ErrorNotice title="The rooms could not be loaded" error={rooms.error} onRetry={rooms.refetch} />}
      {rooms.data?.total === 0 && <EmptyNotice title="No rooms" />}
      {rooms.data?.rooms.map(({ room_id: roomId }) => (
        <Text key={roomId} size="sm" component="div">
          <RoomLink roomId={roomId} />
        </Text>
      ))}
      {rooms.data && rooms.data.total > 0 && (
        <Pager page={page} limit={ROOMS_PER_PAGE} total={rooms.data.total} onPage={setPage} label="Pages of rooms" />
      )}
    </Stack>
  )
}
