import { expect, test } from 'vitest'
import { parseDurationMs, parseSizeBytes } from './units.ts'

test.each([
  [0, 0],
  [1500, 1500],
  ['1500', 1500],
  ['30s', 30_000],
  ['5m', 300_000],
  ['24h', 86_400_000],
  ['7d', 604_800_000],
  ['2w', 1_209_600_000],
  ['1y', 31_536_000_000],
])('the duration %j is %d ms', (written, ms) => {
  expect(parseDurationMs(written)).toBe(ms)
})

test.each(['', '5 m', '5min', '-5m', '1.5h', 'm', '5M', 'infinity', -1, 1.5, Number.NaN, true, null, ['5m'], '99999999999999y'])(
  '%j is no duration',
  (written) => {
    expect(parseDurationMs(written)).toBeUndefined()
  },
)

test.each([
  [1024, 1024],
  ['100', 100],
  ['512K', 524_288],
  ['50M', 52_428_800],
  ['2G', 2_147_483_648],
  ['1T', 1_099_511_627_776],
])('the size %j is %d bytes', (written, bytes) => {
  expect(parseSizeBytes(written)).toBe(bytes)
})

test.each(['50MB', '50m', '5 M', '-1', '1.5G', 'M', '9999999999T', true, null])('%j is no size', (written) => {
  expect(parseSizeBytes(written)).toBeUndefined()
})
