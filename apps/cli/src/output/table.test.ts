import { expect, test } from 'vitest'
import { cell, textWidth } from './cell.ts'
import { printable } from './printable.ts'
import { renderTable } from './table.ts'

const rows = [
  { name: '@alice:glia.test', admin: true, locked: false, displayname: 'アリス', note: null },
  { name: '@bob:glia.test', admin: false, locked: false, displayname: 'Bob', note: null },
]
const columns = ['name', 'admin', 'locked', 'displayname', 'note']

test('columns line up, also with wide characters, and empty ones are left out', () => {
  expect(renderTable(columns, rows, undefined)).toEqual({
    lines: [
      'name              admin  locked  displayname',
      '@alice:glia.test  yes    no      アリス',
      '@bob:glia.test    no     no      Bob',
    ],
    leftOut: [],
  })
})

test('on a small screen the columns without a yes go first, then the last ones, and never the first', () => {
  expect(renderTable(columns, rows, 40).leftOut).toEqual(['locked'])
  expect(renderTable(columns, rows, 30).leftOut).toEqual(['locked', 'displayname'])
  expect(renderTable(columns, rows, 5).lines[0]).toBe('name')
})

test.each([
  ['creation_ts', 1_700_000_000, '2023-11-14 22:13:20 UTC'],
  ['creation_ts', 1_700_000_000_000, '2023-11-14 22:13:20 UTC'],
  ['last_seen_ts', 0, '0'],
  ['media_length', 1_700_000_000, '1700000000'],
  ['expiry_time', null, ''],
  ['joined_rooms', ['!a:x', '!b:x'], '!a:x, !b:x'],
  ['threepids', [{ medium: 'email' }], '[{"medium":"email"}]'],
  ['displayname', 'two\nlines', 'two lines'],
])('%s %j is shown as %j', (name, value, text) => {
  expect(cell(name, value)).toBe(text)
})

test.each([
  ['plain', 5],
  ['é', 1],
  ['漢字', 4],
  ['👍', 2],
])('%j is %i wide', (text, width) => {
  expect(textWidth(text)).toBe(width)
})

test('control characters are shown, not sent; lines and tabs stay', () => {
  expect(printable('a\tb\nc\rd\u001b[31m\u007f\u0085\u202e')).toBe('a\tb\nc\\u000dd\\u001b[31m\\u007f\\u0085\\u202e')
  expect(JSON.parse(printable(JSON.stringify('\u009b\u202e')))).toBe('\u009b\u202e')
})
