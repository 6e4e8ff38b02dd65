import { contract } from '@glia/contract'
import { Anchor, Button, Group, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, Outlet, useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { useSignedIn } from '../../app/session/index.ts'
import { CursorPager } from '../../ui/cursor-pager.tsx'
import { DataList, type ListColumn } from '../../ui/data-list.tsx'
import { Moment } from '../../ui/moment.tsx'
import { EmptyNotice, ErrorNotice } from '../../ui/notices.tsx'
import { Page } from '../../ui/page.tsx'
import { Pager } from '../../ui/pager.tsx'
import { withoutUndefined } from '../../ui/search-params.ts'
import { WithSidePanel } from '../../ui/side-panel.tsx'
import { StartBulkDialog } from '../bulk/start-bulk-dialog.tsx'
import { BulkActions } from './bulk-actions.tsx'
import { CreateUserDialog } from './create-user-dialog.tsx'
import { mayRestrict, maySignOutEverywhere } from './user-actions.ts'
import { userBadges } from './user-badges.tsx'
import { UserFilters, type UsersChange } from './user-filters.tsx'
import { asksGlia, hourMs, type UserInList, usersQuery } from './user-queries.ts'
import { USERS_PER_PAGE, type UserOrder, type UsersSearch, userSelection } from './users-search.ts'

const route = getRouteApi('/signed-in/users')

const columns: readonly ListColumn<UserInList>[] = [
  { id: 'name', header: 'User', sortKey: 'name', cell: (user) => <UserCell user={user} /> },
  { id: 'displayname', header: 'Display name', sortKey: 'displayname', cell: (user) => user.displayname ?? '', isSecondary: true },
  { id: 'state', header: 'State', cell: userBadges },
  { id: 'last_seen', header: 'Last seen', sortKey: 'last_seen_ts', cell: (user) => <Moment ms={user.last_seen_ts} /> },
  { id: 'created', header: 'Created', sortKey: 'creation_ts', isSecondary: true, cell: (user) => <Moment ms={user.creation_ts} /> },
]

/** Glia's own list is not sorted by display names. */
const columnsOfGlia = columns.map(({ sortKey, ...column }) => ({
  ...column,
  ...(sortKey !== undefined && sortKey !== 'displayname' && { sortKey }),
}))

/** All accounts of the homeserver, and beside them the one that is open. */
export function UsersPage() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const navigateHere = useNavigate()
  const { userId } = useParams({ strict: false })
  const { client, powers } = useSignedIn()
  const isOfGlia = asksGlia(powers, search)
  const sortedBy = isOfGlia && search.sort === 'displayname' ? undefined : search.sort
  const users = useQuery(usersQuery(client, powers, search))
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set())
  const mayMark = mayRestrict(powers, 'lock') || mayRestrict(powers, 'suspend') || maySignOutEverywhere(powers)
  const [isCreating, creation] = useDisclosure(false)
  // begins at the first page again, and leaves an open panel open
  const list = (change: UsersChange) =>
    navigateHere({
      to: '.',
      search: (current) => withoutUndefined({ ...current, page: undefined, from: undefined, ...change }) as UsersSearch,
    })
  const openUser = (id: string) => navigate({ to: '/users/$userId', params: { userId: id }, search: (current) => current })

  return (
    <WithSidePanel panel={<Outlet />}>
      <Page
        title="Users"
        actions={
          <Group gap="xs" justify="flex-end">
            {powers.may(contract.glia.bulk.startUserBulk) && <ActOnAll search={search} />}
            {powers.may(contract.admin.users.putUser) && (
              <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={creation.open}>
                Create user
              </Button>
            )}
          </Group>
        }
      >
        <UserFilters search={search} onChange={list} />
        {users.isError && <ErrorNotice title="The users could not be loaded" error={users.error} onRetry={users.refetch} />}
        {!(users.isError && !users.data) && (
          <Stack gap="sm">
            <BulkActions userIds={[...marked]} onClear={() => setMarked(new Set())} />
            <DataList
              label="Users"
              columns={isOfGlia ? columnsOfGlia : columns}
              rows={users.data?.users}
              keyOf={(user) => user.name}
              sort={{ key: sortedBy ?? 'name', isDescending: search.dir === 'b' }}
              onSort={({ key, isDescending }) =>
                list({ sort: key === 'name' ? undefined : (key as UserOrder), dir: isDescending ? 'b' : undefined })
              }
              selectedKey={userId}
              onOpen={(user) => openUser(user.name)}
              marks={mayMark ? { keys: marked, onChange: setMarked } : undefined}
              empty={<EmptyNotice title="No user fits">Change the search or the filters.</EmptyNotice>}
            />
            {users.data?.total !== undefined && (
              <Pager
                page={search.page ?? 1}
                limit={USERS_PER_PAGE}
                total={users.data.total}
                onPage={(page) => list({ page: page > 1 ? page : undefined })}
              />
            )}
            {users.data && users.data.total === undefined && (
              <CursorPager
                isLater={search.from !== undefined}
                hasNext={users.data.next !== undefined}
                onFirst={() => list({})}
                onNext={() => list({ from: users.data.next })}
              />
            )}
          </Stack>
        )}
        {isCreating && <CreateUserDialog onClose={creation.close} onCreated={openUser} />}
      </Page>
    </WithSidePanel>
  )
}

/** A bulk job on everyone whom the filters choose. */
function ActOnAll({ search }: { search: UsersSearch }) {
  const navigate = route.useNavigate()
  const [isOpen, { open, close }] = useDisclosure(false)
  const select = userSelection(search, hourMs(Date.now()))
  return (
    <>
      {/* the server refuses to act on everybody there ever was */}
      <Button variant="default" disabled={Object.keys(select).length === 0} onClick={open}>
        Act on all
      </Button>
      {isOpen && <StartBulkDialog select={select} onClose={close} onStarted={(job) => navigate({ to: '/bulk', search: { job } })} />}
    </>
  )
}

function UserCell({ user }: { user: UserInList }) {
  const [localpart, ...server] = user.name.slice(1).split(':')
  return (
    <Anchor
      c="inherit"
      underline="hover"
      size="sm"
      renderRoot={(props) => <Link to="/users/$userId" params={{ userId: user.name }} search={(current: object) => current} {...props} />}
      style={{ overflowWrap: 'anywhere' }}
    >
      <Text span fw={600} size="sm">
        @{localpart}
      </Text>
      <Text span size="sm" c="dimmed">
        :{server.join(':')}
      </Text>
    </Anchor>
  )
}
