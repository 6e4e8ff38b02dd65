import { contract } from '@glia/contract'
import { Group, Stack, Tabs, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useSignedIn } from '../../app/session/index.ts'
import { DataList, type ListColumn } from '../../ui/data-list.tsx'
import { formatBytes, formatCount } from '../../ui/format.ts'
import { EmptyNotice, ErrorNotice } from '../../ui/notices.tsx'
import { Page } from '../../ui/page.tsx'
import { Pager } from '../../ui/pager.tsx'
import { RowTitle } from '../../ui/row-title.tsx'
import { SearchField } from '../../ui/search-field.tsx'
import { withoutUndefined } from '../../ui/search-params.ts'
import { RoomName } from '../rooms/room-name.tsx'
import { UserName } from '../users/user-name.tsx'
import { type LargeRoom, largestRoomsQuery, type Uploader, uploadersQuery } from './storage-queries.ts'
import { isDescending, type StorageSearch, UPLOADERS_PER_PAGE, type UploaderOrder } from './storage-search.ts'

const route = getRouteApi('/signed-in/storage')
const { admin } = contract

/** Who and what takes up room on the server. */
export function StoragePage() {
  const { tab } = route.useSearch()
  const navigate = route.useNavigate()
  const { powers } = useSignedIn()
  const mayRooms = powers.may(admin.maintenance.listLargestRooms)
  const mayUploads = powers.may(admin.media.getUserMediaStatistics)
  const shown = tab ?? (mayUploads ? 'uploads' : 'rooms')
  return (
    <Page title="Storage">
      <Tabs value={shown} onChange={(value) => navigate({ search: value === 'rooms' ? { tab: value } : {} })} keepMounted={false}>
        <Tabs.List aria-label="What takes up room" mb="md">
          {mayUploads && <Tabs.Tab value="uploads">Uploads by user</Tabs.Tab>}
          {mayRooms && <Tabs.Tab value="rooms">Largest rooms</Tabs.Tab>}
        </Tabs.List>
        <Tabs.Panel value="uploads">
          <Uploaders />
        </Tabs.Panel>
        <Tabs.Panel value="rooms">
          <LargestRooms />
        </Tabs.Panel>
      </Tabs>
    </Page>
  )
}

const uploaderColumns: readonly ListColumn<Uploader>[] = [
  { id: 'user', header: 'User', sortKey: 'user_id', cell: (uploader) => <UploaderCell uploader={uploader} /> },
  { id: 'size', header: 'Size', sortKey: 'media_length', align: 'right', cell: ({ media_length: bytes }) => formatBytes(bytes) },
  { id: 'files', header: 'Files', sortKey: 'media_count', align: 'right', cell: ({ media_count: count }) => formatCount(count) },
]

function Uploaders() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const { client } = useSignedIn()
  const uploaders = useQuery(uploadersQuery(client, search))
  const sort = search.sort ?? 'media_length'
  const list = (next: { [K in keyof StorageSearch]: StorageSearch[K] | undefined }) =>
    navigate({ search: (current) => withoutUndefined({ ...current, page: undefined, ...next }) as StorageSearch })
  const sortBy = (key: UploaderOrder) =>
    key === sort
      ? list({ order: search.order ? undefined : 'turned' })
      : list({ sort: key === 'media_length' ? undefined : key, order: undefined })
  return (
    <Stack gap="sm">
      <Group>
        <SearchField label="Search by user" value={search.name ?? ''} onSearch={(text) => list({ name: text === '' ? undefined : text })} />
      </Group>
      {uploaders.isError && <ErrorNotice title="The uploads could not be loaded" error={uploaders.error} onRetry={uploaders.refetch} />}
      {!(uploaders.isError && !uploaders.data) && (
        <DataList
          label="Uploads by user"
          columns={uploaderColumns}
          rows={uploaders.data?.users}
          keyOf={({ user_id: userId }) => userId ?? ''}
          sort={{ key: sort, isDescending: isDescending(search) }}
          onSort={({ key }) => sortBy(key as UploaderOrder)}
          selectedKey={undefined}
          onOpen={({ user_id: userId }) => {
            if (userId !== null) void navigate({ to: '/users/$userId', params: { userId }, search: { tab: 'media' } })
          }}
          empty={<EmptyNotice title="No uploads">Nobody who fits has uploaded anything.</EmptyNotice>}
        />
      )}
      {uploaders.data && uploaders.data.total > 0 && (
        <Pager
          page={search.page ?? 1}
          limit={UPLOADERS_PER_PAGE}
          total={uploaders.data.total}
          onPage={(page) => list({ page: page > 1 ? page : undefined })}
        />
      )}
    </Stack>
  )
}

function UploaderCell({ uploader: { user_id: userId, displayname } }: { uploader: Uploader }) {
  if (userId === null) return <>Nobody known</>
  return (
    <RowTitle link={(props) => <Link to="/users/$userId" params={{ userId }} search={{ tab: 'media' }} {...props} />}>
      <UserName userId={userId} name={displayname ?? userId} />
    </RowTitle>
  )
}

const roomColumns: readonly ListColumn<LargeRoom>[] = [
  { id: 'room', header: 'Room', cell: (room) => <LargeRoomCell room={room} /> },
  { id: 'size', header: 'In the database', align: 'right', cell: ({ estimated_size: bytes }) => formatBytes(bytes) },
]

function LargestRooms() {
  const navigate = route.useNavigate()
  const { client } = useSignedIn()
  const rooms = useQuery(largestRoomsQuery(client))
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        What the messages and the state of a room take up in the database, without media. Estimated.
      </Text>
      {rooms.isError && <ErrorNotice title="The rooms could not be loaded" error={rooms.error} onRetry={rooms.refetch} />}
      {!(rooms.isError && !rooms.data) && (
        <DataList
          label="Largest rooms"
          columns={roomColumns}
          rows={rooms.data}
          keyOf={({ room_id: roomId }) => roomId}
          selectedKey={undefined}
          onOpen={({ room_id: roomId }) => navigate({ to: '/rooms/$roomId', params: { roomId } })}
          empty={<EmptyNotice title="No rooms" />}
        />
      )}
    </Stack>
  )
}

function LargeRoomCell({ room: { room_id: roomId } }: { room: LargeRoom }) {
  return (
    <RowTitle link={(props) => <Link to="/rooms/$roomId" params={{ roomId }} {...props} />}>
      <RoomName roomId={roomId} />
    </RowTitle>
  )
}
