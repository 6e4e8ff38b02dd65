import { expect, test } from 'vitest'
import { formatAgo, formatBytes } from './format.ts'

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1 kB'],
  [1_530_000, '1.5 MB'],
  [7e15, '7,000 TB'],
])('%d bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text)
})

test.each([
  [0, 'just now'],
  [-59, 'just now'],
  [-60, '1 minute ago'],
  [-3 * 3600, '3 hours ago'],
  [-86_400, 'yesterday'],
  [120, 'in 2 minutes'],
])('%d seconds from now is %s', (seconds, text) => {
  expect(formatAgo(seconds * 1000, 0)).toBe(text)
})
