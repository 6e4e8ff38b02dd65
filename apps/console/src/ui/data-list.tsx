import { Card, Checkbox, Group, Skeleton, Stack, Table, Text, UnstyledButton } from '@mantine/core'
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import { type MouseEvent, type ReactNode, useEffect, useRef } from 'react'
import classes from './data-list.module.css'
import { useIsPhone } from './use-is-phone.ts'

export interface ListSort {
  readonly key: string
  readonly isDescending: boolean
}

/** A column; the first one names the row and holds its link. */
export interface ListColumn<Row> {
  readonly id: string
  readonly header: string
  /** `null` or `''` for nothing to say. */
  readonly cell: (row: Row) => ReactNode
  /** What the server sorts by when the header is pressed. */
  readonly sortKey?: string
  readonly align?: 'right'
  /** Left out while a panel takes half of the room. */
  readonly isSecondary?: boolean
}

export interface DataListProps<Row> {
  /** Names the table for screen readers. */
  readonly label: string
  readonly columns: readonly ListColumn<Row>[]
  /** Undefined while the first page loads. */
  readonly rows: readonly Row[] | undefined
  readonly keyOf: (row: Row) => string
  /** For lists that can be sorted. */
  readonly sort?: ListSort
  readonly onSort?: (sort: ListSort) => void
  /** The row whose panel is open. */
  readonly selectedKey: string | undefined
  readonly onOpen: (row: Row) => void
  readonly empty: ReactNode
  /** Rows can be marked, for doing something to several of them. */
  readonly marks?: RowMarks | undefined
}

export interface RowMarks {
  readonly keys: ReadonlySet<string>
  readonly onChange: (keys: ReadonlySet<string>) => void
}

/** Rows that open: a table, or cards on a phone. When a row's panel closes, the row's link gets the focus back. */
export function DataList<Row extends object>(props: DataListProps<Row>) {
  const { rows, keyOf, selectedKey, marks } = props
  const isPhone = useIsPhone()
  const container = useFocusReturn(selectedKey)
  const columns = props.columns.filter(({ isSecondary }) => !(isSecondary && selectedKey !== undefined))
  const keys = rows?.map(keyOf) ?? []
  const open = (row: Row) => (event: MouseEvent) => {
    const isOnControl = (event.target as Element).closest('a, button, input, label') !== null
    if (!isOnControl && window.getSelection()?.isCollapsed !== false) props.onOpen(row)
  }

  if (rows?.length === 0) return <>{props.empty}</>
  if (isPhone) {
    return (
      <Stack gap="xs" ref={container} component="ul" className={classes.cards} aria-label={props.label}>
        {rows === undefined && <Placeholders />}
        {rows?.map((row, index) => {
          const key = keys[index]!
          const [title, ...others] = columns.map((column) => ({ column, content: column.cell(row) }))
          return (
            <Card key={key} component="li" withBorder padding="sm" className={classes.card} onClick={open(row)} data-row={key}>
              <Group gap="xs" wrap="nowrap" align="flex-start">
                {marks && <RowMark rowKey={key} marks={marks} />}
                <div style={{ minWidth: 0 }}>{title?.content}</div>
              </Group>
              <Group gap="xs" mt={6} style={{ rowGap: 2 }}>
                {others
                  .filter(({ content }) => content !== null && content !== '')
                  .map(({ column, content }) => (
                    <Text key={column.id} size="xs" c="dimmed" component="span" className={classes.cardFact}>
                      {column.header}: <span className={classes.cardValue}>{content}</span>
                    </Text>
                  ))}
              </Group>
            </Card>
          )
        })}
      </Stack>
    )
  }
  return (
    <div ref={container} className={classes.scroll}>
      <Table highlightOnHover verticalSpacing="xs" aria-label={props.label} className={classes.table}>
        <Table.Thead>
          <Table.Tr>
            {marks && <AllMark keys={keys} marks={marks} />}
            {columns.map((column) => (
              <HeaderCell key={column.id} column={column} sort={props.sort} onSort={props.onSort} />
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows?.map((row, index) => {
            const key = keys[index]!
            return (
              <Table.Tr
                key={key}
                className={classes.row}
                data-row={key}
                {...(key === selectedKey && { 'aria-current': 'true' as const, 'data-selected': true })}
                onClick={open(row)}
              >
                {marks && (
                  <Table.Td>
                    <RowMark rowKey={key} marks={marks} />
                  </Table.Td>
                )}
                {columns.map((column) => (
                  <Table.Td key={column.id} ta={column.align}>
                    {column.cell(row)}
                  </Table.Td>
                ))}
              </Table.Tr>
            )
          })}
        </Table.Tbody>
      </Table>
      {rows === undefined && <Placeholders />}
    </div>
  )
}

function HeaderCell<Row>(props: { column: ListColumn<Row>; sort: ListSort | undefined; onSort: ((sort: ListSort) => void) | undefined }) {
  const { column, sort, onSort } = props
  const { sortKey } = column
  if (sortKey === undefined || !sort || !onSort) return <Table.Th ta={column.align}>{column.header}</Table.Th>
  const isSorted = sort.key === sortKey
  const Icon = sort.isDescending ? IconArrowDown : IconArrowUp
  return (
    <Table.Th ta={column.align} aria-sort={isSorted ? (sort.isDescending ? 'descending' : 'ascending') : 'none'}>
      <UnstyledButton
        className={classes.sortButton}
        data-align={column.align}
        onClick={() => onSort({ key: sortKey, isDescending: isSorted ? !sort.isDescending : false })}
      >
        {column.header}
        <Icon size={14} aria-hidden className={classes.sortIcon} data-active={isSorted || undefined} />
      </UnstyledButton>
    </Table.Th>
  )
}

function AllMark({ keys, marks }: { keys: readonly string[]; marks: RowMarks }) {
  const marked = keys.filter((key) => marks.keys.has(key)).length
  const isAll = keys.length > 0 && marked === keys.length
  const others = [...marks.keys].filter((key) => !keys.includes(key))
  return (
    <Table.Th w={36}>
      <Checkbox
        size="xs"
        aria-label="Mark all on this page"
        checked={isAll}
        indeterminate={marked > 0 && !isAll}
        onChange={() => marks.onChange(new Set(isAll ? others : [...others, ...keys]))}
      />
    </Table.Th>
  )
}

function RowMark({ rowKey, marks }: { rowKey: string; marks: RowMarks }) {
  const isMarked = marks.keys.has(rowKey)
  const others = [...marks.keys].filter((key) => key !== rowKey)
  return (
    <Checkbox
      size="xs"
      mt={2}
      aria-label={`Mark ${rowKey}`}
      checked={isMarked}
      onChange={() => marks.onChange(new Set(isMarked ? others : [...others, rowKey]))}
    />
  )
}

function Placeholders() {
  return (
    <Stack gap="xs" py="sm" role="status" aria-label="Loading">
      {[1, 2, 3, 4, 5, 6].map((line) => (
        <Skeleton key={line} height={32} />
      ))}
    </Stack>
  )
}

/** Remembers the open row, and focuses its link when it is no longer open. */
function useFocusReturn(selectedKey: string | undefined) {
  const container = useRef<HTMLDivElement & HTMLUListElement>(null)
  const before = useRef(selectedKey)
  useEffect(() => {
    const closed = before.current
    before.current = selectedKey
    if (closed === undefined || selectedKey !== undefined) return
    container.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(closed)}"] a`)?.focus()
  }, [selectedKey])
  return container
}
