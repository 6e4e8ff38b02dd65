import { Group, Pagination, Text } from '@mantine/core'
import { formatCount } from './format.ts'

const CONTROL_LABELS = { first: 'First page', previous: 'Previous page', next: 'Next page', last: 'Last page' } as const

/** Which rows of how many, and the way to the others. */
export function Pager(props: { page: number; limit: number; total: number; onPage: (page: number) => void; label?: string }) {
  const { page, limit, total, onPage, label = 'Pages' } = props
  const pages = Math.max(1, Math.ceil(total / limit))
  const first = Math.min((page - 1) * limit + 1, total)
  const last = Math.min(page * limit, total)
  return (
    <Group justify="space-between" component="nav" aria-label={label}>
      <Text size="sm" c="dimmed" role="status">
        {total === 0 ? 'Nothing found' : `${formatCount(first)}–${formatCount(last)} of ${formatCount(total)}`}
      </Text>
      {pages > 1 && (
        <Pagination
          size="sm"
          value={page}
          total={pages}
          siblings={1}
          onChange={onPage}
          getControlProps={(control) => ({ 'aria-label': CONTROL_LABELS[control] })}
          getItemProps={(item) => ({ 'aria-label': `Page ${item}` })}
        />
      )}
    </Group>
  )
}
