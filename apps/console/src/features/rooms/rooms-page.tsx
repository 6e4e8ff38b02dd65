import { Group, Select, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, Outlet, useNavigate, useParams } from '@tanstack/react-router'
import { useSignedIn } from '../../app/session/index.ts'
import { DataList, type ListColumn } from '../../ui/data-list.tsx'
import { formatCount } from '../../ui/format.ts'
import { EmptyNotice, ErrorNotice } from '../../ui/notices.tsx'
import { Page } from '../../ui/page.tsx'
import { Pager } from '../../ui/pager.tsx'
import { RowTitle } from '../../ui/row-title.tsx'
import { SearchField } from '../../ui/search-field.tsx'
import { withoutUndefined } from '../../ui/search-params.ts'
import { WithSidePanel } from '../../ui/side-panel.tsx'
import { nameOf } from './name-of.ts'
import { roomBadges } from './room-badges.tsx'
import { type RoomInList, roomsQuery } from './room-queries.ts'
import { ROOMS_PER_PAGE, type RoomOrder, type RoomsSearch } from './rooms-search.ts'

const route = getRouteApi('/signed-in/rooms')

const columns: readonly ListColumn<RoomInList>[] = [
  { id: 'name', header: 'Room', sortKey: 'name', cell: (room) => <RoomCell room={room} /> },
  { id: 'kind', header: 'Kind', cell: roomBadges },
  { id: 'members', header: 'Members', sortKey: 'joined_members', align: 'right', cell: (room) => formatCount(room.joined_members) },
  {
    id: 'local',
    header: 'Of this server',
    sortKey: 'joined_local_members',
    align: 'right',
    isSecondary: true,
    cell: (room) => formatCount(room.joined_local_members),
  },
  { id: 'version', header: 'Version', sortKey: 'version', align: 'right', isSecondary: true, cell: (room) => room.version },
  {
    id: 'creator',
    header: 'Created by',
    sortKey: 'creator',
    isSecondary: true,
    cell: (room) => <span style={{ overflowWrap: 'anywhere' }}>{room.creator}</span>,
  },
]

/** All rooms that the homeserver knows, and beside them the one that is open. */
export function RoomsPage() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const navigateHere = useNavigate()
  const { roomId } = useParams({ strict: false })
  const { client } = useSignedIn()
  const rooms = useQuery(roomsQuery(client, search))
  // begins at the first page again, and leaves an open panel open
  const list = (change: { [K in keyof RoomsSearch]: RoomsSearch[K] | undefined }) =>
    navigateHere({ to: '.', search: (current) => withoutUndefined({ ...current, page: undefined, ...change }) as RoomsSearch })

  return (
    <WithSidePanel panel={<Outlet />}>
      <Page title="Rooms">
        <Group gap="sm">
          <SearchField
            label="Search by name, alias or ID"
            value={search.term ?? ''}
            onSearch={(text) => list({ term: text === '' ? undefined : text })}
          />
          <Select
            aria-label="Kind of room"
            w={150}
            allowDeselect={false}
            value={search.kind ?? 'any'}
            onChange={(value) => list({ kind: value === null || value === 'any' ? undefined : (value as 'public') })}
            data={[
              { value: 'any', label: 'All rooms' },
              { value: 'public', label: 'Public' },
              { value: 'private', label: 'Private' },
              { value: 'empty', label: 'Empty' },
            ]}
          />
        </Group>
        {rooms.isError && <ErrorNotice title="The rooms could not be loaded" error={rooms.error} onRetry={rooms.refetch} />}
        {!(rooms.isError && !rooms.data) && (
          <Stack gap="sm">
            <DataList
              label="Rooms"
              columns={columns}
              rows={rooms.data?.rooms}
              keyOf={(room) => room.room_id}
              sort={{ key: search.sort ?? 'name', isDescending: search.dir === 'b' }}
              onSort={({ key, isDescending }) =>
                list({ sort: key === 'name' ? undefined : (key as RoomOrder), dir: isDescending ? 'b' : undefined })
              }
              selectedKey={roomId}
              onOpen={(room) => navigate({ to: '/rooms/$roomId', params: { roomId: room.room_id }, search: (current) => current })}
              empty={<EmptyNotice title="No room fits">Change the search or the filter.</EmptyNotice>}
            />
            {rooms.data && (
              <Pager
                page={search.page ?? 1}
                limit={ROOMS_PER_PAGE}
                total={rooms.data.total_rooms}
                onPage={(page) => list({ page: page > 1 ? page : undefined })}
              />
            )}
          </Stack>
        )}
      </Page>
    </WithSidePanel>
  )
}

function RoomCell({ room }: { room: RoomInList }) {
  const name = nameOf(room)
  const other = [room.canonical_alias, room.room_id].find((text) => text !== null && text !== name)
  return (
    <Stack gap={0}>
      <RowTitle
        link={(props) => <Link to="/rooms/$roomId" params={{ roomId: room.room_id }} search={(current: object) => current} {...props} />}
      >
        {name}
      </RowTitle>
      {other && (
        <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {other}
        </Text>
      )}
    </Stack>
  )
}
