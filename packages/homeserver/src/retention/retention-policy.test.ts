import { expect, test } from 'vitest'
import { isOfJob, lifetimeOf, type RetentionSettings, type RoomLifetime } from './retention-policy.ts'

const none = { defaultMaxMs: null, allowedMinMs: null, allowedMaxMs: null }

const cases: [object | undefined, Omit<RetentionSettings, 'jobs'>, RoomLifetime | undefined][] = [
  [undefined, none, undefined],
  [{}, none, undefined],
  [{ max_lifetime: 5 }, none, { wantedMs: 5, keptMs: 5 }],
  [{ max_lifetime: 5 }, { ...none, defaultMaxMs: 9 }, { wantedMs: 5, keptMs: 5 }],
  [undefined, { ...none, defaultMaxMs: 9 }, { wantedMs: 9, keptMs: 9 }],
  [{ min_lifetime: 1 }, { ...none, defaultMaxMs: 9 }, { wantedMs: 9, keptMs: 9 }],
  [{ max_lifetime: 5 }, { ...none, allowedMinMs: 7 }, { wantedMs: 5, keptMs: 7 }],
  [{ max_lifetime: 50 }, { ...none, allowedMaxMs: 20 }, { wantedMs: 50, keptMs: 20 }],
  [{ max_lifetime: -1 }, none, undefined],
  [{ max_lifetime: 1.5 }, none, undefined],
  [{ max_lifetime: '5' }, none, undefined],
]

test.each(cases)('%o with %o is kept for %o', (content, settings, expected) => {
  expect(lifetimeOf(content as never, settings)).toEqual(expected)
})

test.each([
  [5, null, null, true],
  [5, 5, null, false],
  [6, 5, 6, true],
  [7, 5, 6, false],
])('%i is between %o and %o: %o', (wantedMs, shorterMs, longestMs, expected) => {
  expect(isOfJob({ wantedMs, keptMs: 1 }, { everyMs: 1, shorterMs, longestMs })).toBe(expected)
})
