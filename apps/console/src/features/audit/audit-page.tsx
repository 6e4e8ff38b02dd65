import { Button, Group, Select, Stack, Text, TextInput } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useSignedIn } from '../../app/session/index.ts'
import { CursorPager } from '../../ui/cursor-pager.tsx'
import { DataList, type ListColumn } from '../../ui/data-list.tsx'
import { Moment } from '../../ui/moment.tsx'
import { EmptyNotice, ErrorNotice } from '../../ui/notices.tsx'
import { Page } from '../../ui/page.tsx'
import { RowTitle } from '../../ui/row-title.tsx'
import { SearchField } from '../../ui/search-field.tsx'
import { withoutUndefined } from '../../ui/search-params.ts'
import { WithSidePanel } from '../../ui/side-panel.tsx'
import { toastFailed } from '../../ui/toast.ts'
import { AuditPanel } from './audit-panel.tsx'
import { type AuditRecord, auditQuery } from './audit-queries.ts'
import { type AuditOutcome, type AuditSearch, auditFilters, auditOutcomes } from './audit-search.ts'
import { ActorName, OUTCOME_LABELS, OutcomeBadge, operationText, TargetName } from './audit-words.tsx'

const route = getRouteApi('/signed-in/audit')
type Change = { [K in keyof AuditSearch]: AuditSearch[K] | undefined }

const columns: readonly ListColumn<AuditRecord>[] = [
  { id: 'operation', header: 'What', cell: (record) => <OperationCell record={record} /> },
  { id: 'target', header: 'On', isSecondary: true, cell: (record) => <TargetName record={record} /> },
  { id: 'actor', header: 'Who', isSecondary: true, cell: (record) => <ActorName record={record} /> },
  { id: 'outcome', header: 'Outcome', cell: ({ outcome }) => <OutcomeBadge outcome={outcome} /> },
  { id: 'at', header: 'When', cell: ({ at }) => <Moment ms={at} /> },
]

/** What admins did, and beside it the record that is open. */
export function AuditPage() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const { client } = useSignedIn()
  const log = useQuery(auditQuery(client, search))
  const change = (next: Change) => navigate({ search: (current) => withoutUndefined({ ...current, ...next }) as AuditSearch })
  const filter = (next: Change) => change({ from: undefined, record: undefined, ...next })
  const open = log.data?.records.find(({ id }) => id === search.record)
  const { next_token: next } = log.data ?? {}
  return (
    <WithSidePanel panel={search.record && log.data && <AuditPanel record={open} onClose={() => change({ record: undefined })} />}>
      <Page title="Audit log" actions={<ExportButton search={search} />}>
        <Filters search={search} onChange={filter} />
        {log.isError && <ErrorNotice title="The audit log could not be loaded" error={log.error} onRetry={log.refetch} />}
        {!(log.isError && !log.data) && (
          <Stack gap="sm">
            <DataList
              label="Audit log"
              columns={columns}
              rows={log.data?.records}
              keyOf={(record) => record.id}
              selectedKey={search.record}
              onOpen={({ id }) => change({ record: id })}
              empty={<EmptyNotice title="No record fits">Change the filters.</EmptyNotice>}
            />
            <CursorPager
              isLater={search.from !== undefined}
              hasNext={next !== undefined}
              onFirst={() => filter({})}
              onNext={() => filter({ from: next })}
            />
          </Stack>
        )}
      </Page>
    </WithSidePanel>
  )
}

function OperationCell({ record }: { record: AuditRecord }) {
  return (
    <Stack gap={0}>
      <RowTitle link={(props) => <Link to="/audit" search={(current: object) => ({ ...current, record: record.id })} {...props} />}>
        {operationText(record.operation)}
      </RowTitle>
      <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
        {record.operation}
      </Text>
    </Stack>
  )
}

function Filters({ search, onChange }: { search: AuditSearch; onChange: (change: Change) => void }) {
  const text = (name: 'actor' | 'target' | 'operation') => ({
    value: search[name] ?? '',
    onSearch: (typed: string) => onChange({ [name]: typed === '' ? undefined : typed }),
  })
  const day = (name: 'since' | 'until') => ({
    type: 'date',
    w: 150,
    value: search[name] ?? '',
    onChange: (event: { currentTarget: { value: string } }) => onChange({ [name]: event.currentTarget.value || undefined }),
  })
  return (
    <Stack gap="xs">
      <Group gap="sm">
        <SearchField label="Who did it: user ID" {...text('actor')} />
        <SearchField label="On: user ID, room ID, …" {...text('target')} />
        <SearchField label="Operation, or admin.users." {...text('operation')} />
      </Group>
      <Group gap="sm">
        <Select
          aria-label="Outcome"
          w={150}
          allowDeselect={false}
          value={search.outcome ?? 'any'}
          onChange={(value) => onChange({ outcome: value === null || value === 'any' ? undefined : (value as AuditOutcome) })}
          data={[{ value: 'any', label: 'Any outcome' }, ...auditOutcomes.map((value) => ({ value, label: OUTCOME_LABELS[value] }))]}
        />
        <TextInput aria-label="First day" {...day('since')} />
        <Text size="sm" c="dimmed">
          to
        </Text>
        <TextInput aria-label="Last day" {...day('until')} />
      </Group>
    </Stack>
  )
}

/** All records that fit the filters as a file, one JSON object a line. */
function ExportButton({ search }: { search: AuditSearch }) {
  const { client } = useSignedIn()
  const download = useMutation({
    mutationFn: async () => {
      const response = await client.glia.audit.exportAuditLog({ query: auditFilters(search) })
      const address = URL.createObjectURL(await response.blob())
      const link = document.createElement('a')
      link.href = address
      link.download = 'audit-log.ndjson'
      link.click()
      URL.revokeObjectURL(address)
    },
    onError: (error) => toastFailed('The audit log was not exported', error),
  })
  return (
    <Button
      variant="default"
      leftSection={<IconDownload size={16} aria-hidden />}
      loading={download.isPending}
      onClick={() => download.mutate()}
    >
      Export
    </Button>
  )
}
