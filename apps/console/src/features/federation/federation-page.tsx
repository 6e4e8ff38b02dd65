import { Group, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useSignedIn } from '../../app/session/index.ts'
import { DataList, type ListColumn } from '../../ui/data-list.tsx'
import { Moment } from '../../ui/moment.tsx'
import { EmptyNotice, ErrorNotice } from '../../ui/notices.tsx'
import { Page } from '../../ui/page.tsx'
import { Pager } from '../../ui/pager.tsx'
import { RowTitle } from '../../ui/row-title.tsx'
import { SearchField } from '../../ui/search-field.tsx'
import { withoutUndefined } from '../../ui/search-params.ts'
import { WithSidePanel } from '../../ui/side-panel.tsx'
import { DestinationBadge, DestinationPanel } from './destination-panel.tsx'
import { type Destination, destinationsQuery } from './federation-queries.ts'
import { DESTINATIONS_PER_PAGE, type DestinationOrder, type FederationSearch } from './federation-search.ts'

const route = getRouteApi('/signed-in/federation')

const columns: readonly ListColumn<Destination>[] = [
  { id: 'server', header: 'Server', sortKey: 'destination', cell: (destination) => <ServerCell destination={destination} /> },
  { id: 'state', header: 'State', cell: (destination) => <DestinationBadge destination={destination} /> },
  { id: 'since', header: 'Fails since', sortKey: 'failure_ts', cell: ({ failure_ts: ms }) => ms !== null && <Moment ms={ms} /> },
  {
    id: 'tried',
    header: 'Last try',
    sortKey: 'retry_last_ts',
    isSecondary: true,
    cell: ({ retry_last_ts: ms }) => ms > 0 && <Moment ms={ms} />,
  },
]

/** The other servers that this one sends to, and how that goes. */
export function FederationPage() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const { client } = useSignedIn()
  const servers = useQuery(destinationsQuery(client, search))
  const change = (next: { [K in keyof FederationSearch]: FederationSearch[K] | undefined }) =>
    navigate({ search: (current) => withoutUndefined({ ...current, ...next }) as FederationSearch })
  const list = (next: { [K in keyof FederationSearch]: FederationSearch[K] | undefined }) => change({ page: undefined, ...next })
  return (
    <WithSidePanel
      panel={
        search.server !== undefined && (
          <DestinationPanel key={search.server} name={search.server} onClose={() => change({ server: undefined })} />
        )
      }
    >
      <Page title="Federation">
        <Group>
          <SearchField
            label="Search by server name"
            value={search.name ?? ''}
            onSearch={(text) => list({ name: text === '' ? undefined : text })}
          />
        </Group>
        {servers.isError && <ErrorNotice title="The servers could not be loaded" error={servers.error} onRetry={servers.refetch} />}
        {!(servers.isError && !servers.data) && (
          <Stack gap="sm">
            <DataList
              label="Other servers"
              columns={columns}
              rows={servers.data?.destinations}
              keyOf={({ destination }) => destination}
              sort={{ key: search.sort ?? 'destination', isDescending: search.dir === 'b' }}
              onSort={({ key, isDescending }) =>
                list({ sort: key === 'destination' ? undefined : (key as DestinationOrder), dir: isDescending ? 'b' : undefined })
              }
              selectedKey={search.server}
              onOpen={({ destination }) => change({ server: destination })}
              empty={<EmptyNotice title="No other servers">Servers appear here once something was to be sent to them.</EmptyNotice>}
            />
            {servers.data && servers.data.total > 0 && (
              <Pager
                page={search.page ?? 1}
                limit={DESTINATIONS_PER_PAGE}
                total={servers.data.total}
                onPage={(page) => list({ page: page > 1 ? page : undefined })}
              />
            )}
          </Stack>
        )}
      </Page>
    </WithSidePanel>
  )
}

function ServerCell({ destination: { destination } }: { destination: Destination }) {
  return (
    <RowTitle link={(props) => <Link to="/federation" search={(current: object) => ({ ...current, server: destination })} {...props} />}>
      {destination}
    </RowTitle>
  )
}
