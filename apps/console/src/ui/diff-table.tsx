import { Table, Text } from '@mantine/core'
import classes from './diff-table.module.css'
import { diffOf } from './object-diff.ts'

type Tree = Readonly<Record<string, unknown>>

/** What a change changed: value by value, before and after. */
export function DiffTable({ before, after, label }: { before: Tree | null; after: Tree | null; label: string }) {
  const lines = diffOf(before, after)
  if (lines.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        Nothing is known to have changed.
      </Text>
    )
  }
  return (
    <Table fz="sm" verticalSpacing={4} horizontalSpacing="xs" layout="fixed" aria-label={label} className={classes.table}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>What</Table.Th>
          <Table.Th>Before</Table.Th>
          <Table.Th>After</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {lines.map(({ path, before: old, after: now }) => (
          <Table.Tr key={path}>
            <Table.Th scope="row" fw={500}>
              {path}
            </Table.Th>
            <Table.Td className={old === undefined ? undefined : classes.before}>{old ?? '–'}</Table.Td>
            <Table.Td className={now === undefined ? undefined : classes.after}>{now ?? '–'}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}
