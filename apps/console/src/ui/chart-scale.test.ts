import { expect, test } from 'vitest'
import { timeTicks, unbroken, valueTicks } from './chart-scale.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

test.each([
  [0, [0, 1]],
  [1, [0, 1]],
  [3, [0, 1, 2, 3]],
  [7, [0, 2, 4, 6, 8]],
  [93, [0, 50, 100]],
  [1_000_000_000, [0, 500_000_000, 1_000_000_000]],
])('up to %d the scale is %j', (max, ticks) => {
  expect(valueTicks(max)).toEqual(ticks)
})

test('times are marked at round hours and days of the clock that is asked for', () => {
  const range = { sinceMs: 5 * HOUR, untilMs: 29 * HOUR, stepMs: HOUR }
  expect(timeTicks(range, 4, 0)).toEqual([6 * HOUR, 12 * HOUR, 18 * HOUR, 24 * HOUR])
  expect(timeTicks(range, 4, HOUR)).toEqual([5 * HOUR, 11 * HOUR, 17 * HOUR, 23 * HOUR])
  expect(timeTicks({ sinceMs: 0, untilMs: 7 * DAY, stepMs: HOUR }, 7, 0)).toHaveLength(7)
  expect(timeTicks({ sinceMs: 0, untilMs: 365 * DAY, stepMs: DAY }, 5, 0)).toHaveLength(5)
})

test('a line is broken where steps are missing', () => {
  const at = (...steps: number[]) => steps.map((step) => ({ at: step * HOUR, value: step }))
  expect(unbroken(at(1, 2, 5, 6, 8), HOUR)).toEqual([at(1, 2), at(5, 6), at(8)])
  expect(unbroken([], HOUR)).toEqual([])
})
