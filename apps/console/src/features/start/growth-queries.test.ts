import { expect, test } from 'vitest'
import { rangeOf } from './growth-queries.ts'

const HOUR = 3_600_000
const now = Date.UTC(2027, 0, 15, 13, 20)

test('a span ends with the hour or the day that it is, and begins as long before', () => {
  expect(rangeOf('day', now)).toEqual({ sinceMs: Date.UTC(2027, 0, 14, 14), untilMs: Date.UTC(2027, 0, 15, 14), stepMs: HOUR })
  expect(rangeOf('month', now)).toEqual({ sinceMs: Date.UTC(2026, 11, 17), untilMs: Date.UTC(2027, 0, 16), stepMs: 24 * HOUR })
})
