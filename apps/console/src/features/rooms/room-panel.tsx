import { ApiError } from '@glia/client'
import { contract } from '@glia/contract'
import { Group, Stack, Tabs, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useCallback } from 'react'
import { useSignedIn } from '../../app/session/index.ts'
import { CopyButton } from '../../ui/copy-button.tsx'
import { ErrorNotice, LoadingNotice } from '../../ui/notices.tsx'
import { SidePanel } from '../../ui/side-panel.tsx'
import { DeletionProgress } from './deletion-progress.tsx'
import { nameOf } from './name-of.ts'
import { PurgeProgress } from './purge-progress.tsx'
import { roomBadges } from './room-badges.tsx'
import { RoomMedia } from './room-media.tsx'
import { RoomMembers } from './room-members.tsx'
import { RoomMessages } from './room-messages.tsx'
import { RoomOverview } from './room-overview.tsx'
import { type Room, roomDeletionsQuery, roomQuery } from './room-queries.ts'
import { RoomState } from './room-state.tsx'
import { type RoomTab, roomTabs } from './rooms-search.ts'

const route = getRouteApi('/signed-in/rooms/$roomId')
const TAB_LABELS: Record<RoomTab, string> = {
  overview: 'Overview',
  members: 'Members',
  messages: 'Messages',
  media: 'Media',
  state: 'State',
}

/** Everything about one room, beside the list; also how its deletion is getting on, when nothing else is left of it. */
export function RoomPanel() {
  const { roomId } = route.useParams()
  const navigate = route.useNavigate()
  const { client } = useSignedIn()
  const room = useQuery(roomQuery(client, roomId))
  const deletions = useQuery(roomDeletionsQuery(client, roomId))
  const latest = deletions.data?.[0]
  const isGone = room.error instanceof ApiError && room.error.status === 404
  const { purge } = route.useSearch()
  const showPurge = (purgeId: string | undefined) =>
    navigate({
      to: '.',
      search: ({ purge: _before, ...others }) => ({ ...others, ...(purgeId !== undefined && { purge: purgeId }) }),
      replace: true,
    })
  const close = useCallback(() => void navigate({ to: '/rooms', search: ({ tab: _tab, purge: _purge, ...list }) => list }), [navigate])
  return (
    <SidePanel
      key={roomId}
      title={isGone ? (latest ? 'Deleted room' : roomId) : room.data ? nameOf(room.data) : roomId}
      subtitle={
        <Stack gap={4}>
          <Group gap={4} wrap="nowrap">
            <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
              {roomId}
            </Text>
            <CopyButton text={roomId} what="room ID" />
          </Group>
          {room.data && !isGone && roomBadges(room.data)}
        </Stack>
      }
      onClose={close}
    >
      <Stack gap="md">
        {purge && <PurgeProgress roomId={roomId} purgeId={purge} onClose={() => showPurge(undefined)} />}
        {latest && <DeletionProgress deletion={latest} roomId={roomId} />}
        {room.isPending && <LoadingNotice what="the room" />}
        {room.isError && !(isGone && latest) && (
          <ErrorNotice title="The room could not be loaded" error={room.error} onRetry={room.refetch} />
        )}
        {room.data && !isGone && <RoomTabs room={room.data} onPurging={showPurge} />}
      </Stack>
    </SidePanel>
  )
}

function RoomTabs({ room, onPurging }: { room: Room; onPurging: (purgeId: string) => void }) {
  const { powers } = useSignedIn()
  const { tab = 'overview' } = route.useSearch()
  const navigate = route.useNavigate()
  const mayRead = powers.may(contract.admin.roomHistory.getRoomMessages)
  const mayListMedia = powers.may(contract.admin.media.listRoomMedia)
  const tabs = roomTabs.filter((name) => (name !== 'messages' || mayRead) && (name !== 'media' || mayListMedia))
  const show = (next: string | null) =>
    navigate({
      to: '.',
      search: ({ tab: _tab, ...others }) => (next === null || next === 'overview' ? others : { ...others, tab: next as 'members' }),
      replace: true,
    })
  return (
    <Tabs value={tab} onChange={show} keepMounted={false}>
      <Tabs.List mb="md">
        {tabs.map((name) => (
          <Tabs.Tab key={name} value={name}>
            {TAB_LABELS[name]}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value="overview">
        <RoomOverview room={room} onPurging={onPurging} />
      </Tabs.Panel>
      <Tabs.Panel value="members">
        <RoomMembers roomId={room.room_id} />
      </Tabs.Panel>
      {mayRead && (
        <Tabs.Panel value="messages">
          <RoomMessages roomId={room.room_id} />
        </Tabs.Panel>
      )}
      {mayListMedia && (
        <Tabs.Panel value="media">
          <RoomMedia roomId={room.room_id} />
        </Tabs.Panel>
      )}
      <Tabs.Panel value="state">
        <RoomState roomId={room.room_id} />
      </Tabs.Panel>
    </Tabs>
  )
}
