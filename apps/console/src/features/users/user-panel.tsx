import { Group, Stack, Tabs, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useCallback } from 'react'
import { useSignedIn } from '../../app/session/index.ts'
import { CopyButton } from '../../ui/copy-button.tsx'
import { ErrorNotice, LoadingNotice } from '../../ui/notices.tsx'
import { SidePanel } from '../../ui/side-panel.tsx'
import { userBadges } from './user-badges.tsx'
import { UserDevices } from './user-devices.tsx'
import { UserMediaList } from './user-media.tsx'
import { UserOverview } from './user-overview.tsx'
import { type User, userQuery } from './user-queries.ts'
import { UserRooms } from './user-rooms.tsx'
import { type UserTab, userTabs } from './users-search.ts'

const route = getRouteApi('/signed-in/users/$userId')
const TAB_LABELS: Record<UserTab, string> = { overview: 'Overview', devices: 'Devices', rooms: 'Rooms', media: 'Media' }

/** Everything about one user, beside the list. */
export function UserPanel() {
  const { userId } = route.useParams()
  const navigate = route.useNavigate()
  const { client } = useSignedIn()
  const user = useQuery(userQuery(client, userId))
  const close = useCallback(() => void navigate({ to: '/users', search: ({ tab: _tab, ...list }) => list }), [navigate])
  return (
    <SidePanel
      key={userId}
      title={user.data?.displayname || userId}
      subtitle={
        <Stack gap={4}>
          <Group gap={4} wrap="nowrap">
            <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
              {userId}
            </Text>
            <CopyButton text={userId} what="user ID" />
          </Group>
          {user.data && userBadges(user.data)}
        </Stack>
      }
      onClose={close}
    >
      {user.isPending && <LoadingNotice what="the user" />}
      {user.isError && <ErrorNotice title="The user could not be loaded" error={user.error} onRetry={user.refetch} />}
      {user.data && <UserTabs user={user.data} />}
    </SidePanel>
  )
}

function UserTabs({ user }: { user: User }) {
  const { tab = 'overview' } = route.useSearch()
  const navigate = route.useNavigate()
  const show = (next: string | null) =>
    navigate({
      to: '.',
      search: ({ tab: _tab, ...others }) => (next === null || next === 'overview' ? others : { ...others, tab: next as 'devices' }),
      replace: true,
    })
  return (
    <Tabs value={tab} onChange={show} keepMounted={false}>
      <Tabs.List mb="md">
        {userTabs.map((name) => (
          <Tabs.Tab key={name} value={name}>
            {TAB_LABELS[name]}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value="overview">
        <UserOverview user={user} />
      </Tabs.Panel>
      <Tabs.Panel value="devices">
        <UserDevices userId={user.name} />
      </Tabs.Panel>
      <Tabs.Panel value="rooms">
        <UserRooms userId={user.name} />
      </Tabs.Panel>
      <Tabs.Panel value="media">
        <UserMediaList userId={user.name} />
      </Tabs.Panel>
    </Tabs>
  )
}
