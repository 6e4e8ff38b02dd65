import { adminRoles, contract } from '@glia/contract'
import { Badge, Button, Chip, Group, Paper, Select, SimpleGrid, Stack } from '@mantine/core'
import { IconFilter } from '@tabler/icons-react'
import { useState } from 'react'
import { ROLE_LABELS, useSignedIn } from '../../app/session/index.ts'
import { SearchField } from '../../ui/search-field.tsx'
import { type RichFilters, richFilters, type UsersSearch } from './users-search.ts'

export type UsersChange = { [K in keyof UsersSearch]: UsersSearch[K] | undefined }

interface FiltersProps {
  readonly search: UsersSearch
  readonly onChange: (change: UsersChange) => void
}

/** By what the list of users is narrowed. */
export function UserFilters({ search, onChange }: FiltersProps) {
  const { powers } = useSignedIn()
  const rich = Object.keys(richFilters(search)).length
  const [isOpen, setOpen] = useState(rich > 0)
  const isRichOffered = powers.may(contract.glia.users.findUsers)
  return (
    <Stack gap="xs">
      <Group gap="sm">
        <SearchField
          label="Search by name"
          value={search.name ?? ''}
          onSearch={(text) => onChange({ name: text === '' ? undefined : text })}
        />
        <Select
          aria-label="Accounts"
          w={150}
          allowDeselect={false}
          value={search.state ?? 'active'}
          onChange={(value) => onChange({ state: value === 'all' || value === 'deactivated' ? value : undefined })}
          data={[
            { value: 'active', label: 'Active' },
            { value: 'deactivated', label: 'Deactivated' },
            { value: 'all', label: 'All accounts' },
          ]}
        />
        <Group gap={6}>
          <FilterChip label="Admins" isOn={search.admins} onChange={(admins) => onChange({ admins })} />
          <FilterChip label="Without guests" isOn={search.withoutGuests} onChange={(withoutGuests) => onChange({ withoutGuests })} />
          <FilterChip label="Without locked" isOn={search.withoutLocked} onChange={(withoutLocked) => onChange({ withoutLocked })} />
        </Group>
        {isRichOffered && (
          <Button
            variant="default"
            leftSection={<IconFilter size={16} aria-hidden />}
            rightSection={rich > 0 && <Badge size="sm" circle>{`${rich}`}</Badge>}
            aria-expanded={isOpen}
            onClick={() => setOpen(!isOpen)}
          >
            More filters
          </Button>
        )}
      </Group>
      {isRichOffered && isOpen && <MoreFilters search={search} onChange={onChange} />}
    </Stack>
  )
}

function FilterChip(props: { label: string; isOn: true | undefined; onChange: (isOn: true | undefined) => void }) {
  return (
    <Chip checked={props.isOn ?? false} onChange={(isOn) => props.onChange(isOn || undefined)} variant="outline" size="sm">
      {props.label}
    </Chip>
  )
}

const CHOICES: readonly (readonly [key: keyof RichFilters, label: string, words: Readonly<Record<string, string>>])[] = [
  [
    'seen',
    'Last seen',
    {
      'within-1': 'Within a day',
      'within-7': 'Within 7 days',
      'within-30': 'Within 30 days',
      'not-30': 'Not for 30 days',
      'not-90': 'Not for 90 days',
      'not-180': 'Not for half a year',
      'not-365': 'Not for a year',
    },
  ],
  ['created', 'Created', { 1: 'Within a day', 7: 'Within 7 days', 30: 'Within 30 days', 90: 'Within 90 days' }],
  ['restriction', 'Restricted', { locked: 'Locked', suspended: 'Suspended', 'shadow-banned': 'Shadow-banned' }],
  ['device', 'Devices', { yes: 'With a device', no: 'Without any device' }],
  ['role', 'Role', Object.fromEntries(adminRoles.map((role) => [role, ROLE_LABELS[role]]))],
  ['type', 'Type', { none: 'Without a type', bot: 'Bot', support: 'Support' }],
  ['appservice', 'Application service', { yes: 'Of one', no: 'Of none' }],
]

const ANY = 'any'

/** What only Glia can choose users by. */
function MoreFilters({ search, onChange }: FiltersProps) {
  return (
    <Paper withBorder p="sm" component="section" aria-label="More filters">
      <SimpleGrid type="container" cols={{ base: 1, '320px': 2, '640px': 3, '860px': 4 }} spacing="sm">
        {CHOICES.map(([key, label, words]) => {
          const value = search[key]
          const isOther = value !== undefined && !(value in words)
          return (
            <Select
              key={key}
              label={label}
              allowDeselect={false}
              value={value ?? ANY}
              onChange={(next) => onChange({ [key]: next === ANY ? undefined : next })}
              data={[
                { value: ANY, label: 'Any' },
                ...Object.entries(words).map(([word, text]) => ({ value: word, label: text })),
                ...(isOther ? [{ value, label: value }] : []),
              ]}
            />
          )
        })}
        <SearchField
          label="An IP address they came from"
          hasLabel
          value={search.ip ?? ''}
          onSearch={(text) => onChange({ ip: text === '' ? undefined : text })}
        />
      </SimpleGrid>
    </Paper>
  )
}
