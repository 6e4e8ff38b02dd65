import type { OutputFormat } from '../command-context.ts'
import type { Terminal } from '../terminal.ts'
import { cell, padded, textWidth } from './cell.ts'
import { renderTable } from './table.ts'

/** An answer that is no JSON, as it comes in. */
export async function printBytes(terminal: Pick<Terminal, 'writeBytes'>, answer: Response): Promise<void> {
  for await (const bytes of answer.body ?? []) terminal.writeBytes(bytes)
}

export function printJson(terminal: Pick<Terminal, 'out'>, value: unknown): void {
  terminal.out(JSON.stringify(value, undefined, 2))
}

/** One thing: a line for each field. */
export function printFields(terminal: Pick<Terminal, 'out'>, format: OutputFormat, fields: Readonly<Record<string, unknown>>): void {
  if (format === 'json') {
    printJson(terminal, fields)
    return
  }
  const width = Math.max(0, ...Object.keys(fields).map(textWidth))
  for (const [name, value] of Object.entries(fields)) terminal.out(`${padded(name, width)}  ${cell(name, value)}`.trimEnd())
}

/**
 * An answer of the Admin API. A list becomes a table (objects) or lines (texts), with what else the answer says on stderr; anything else
 * becomes a line for each field.
 */
export function printAnswer(terminal: Pick<Terminal, 'out' | 'note' | 'width'>, format: OutputFormat, answer: unknown): void {
  const found = format === 'json' ? undefined : listIn(answer)
  if (format === 'json') printJson(terminal, answer)
  else if (found) printList(terminal, found)
  else printOne(terminal, answer)
}

function printList(terminal: Pick<Terminal, 'out' | 'note' | 'width'>, { items, rest }: FoundList): void {
  if (items.length === 0) terminal.note('Nothing found.')
  else if (items.every(isObject)) printTable(terminal, items)
  else for (const item of items) terminal.out(cell('', item))
  const more = Object.entries(rest).filter(([, value]) => value !== null && value !== undefined)
  if (more.length > 0) terminal.note(more.map(([name, value]) => `${name}: ${cell(name, value)}`).join(', '))
}

function printOne(terminal: Pick<Terminal, 'out' | 'note'>, answer: unknown): void {
  if (!isObject(answer)) terminal.out(cell('', answer))
  else if (Object.keys(answer).length === 0) terminal.note('Done.')
  else {
    // answers such as {"media_info": {…}}
    const [only, ...others] = Object.values(answer)
    printFields(terminal, 'table', others.length === 0 && isObject(only) && Object.keys(only).length > 0 ? only : answer)
  }
}

function printTable(terminal: Pick<Terminal, 'out' | 'note' | 'width'>, rows: readonly Record<string, unknown>[]): void {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  const { lines, leftOut } = renderTable(columns, rows, terminal.width)
  for (const line of lines) terminal.out(line)
  if (leftOut.length > 0) terminal.note(`Not shown for want of room: ${leftOut.join(', ')} (--json has all)`)
}

interface FoundList {
  readonly items: readonly unknown[]
  readonly rest: Readonly<Record<string, unknown>>
}

/** The list that an answer is about: the answer itself, or the only list among members that are plain otherwise. */
function listIn(answer: unknown): FoundList | undefined {
  if (Array.isArray(answer)) return { items: answer, rest: {} }
  if (!isObject(answer)) return undefined
  const lists = Object.entries(answer).filter(([, value]) => Array.isArray(value))
  const [name, items] = lists[0] ?? []
  if (lists.length !== 1 || name === undefined) return undefined
  const { [name]: _list, ...rest } = answer
  const isAboutList = Object.keys(rest).every((key) => /^(total|next_|prev_|offset)/.test(key))
  return isAboutList ? { items: items as unknown[], rest } : undefined
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
