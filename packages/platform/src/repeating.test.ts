import { FakeClock } from '@glia/testing'
import { expect, test } from 'vitest'
import { createRepeating } from './repeating.ts'

test('work is done after each pause, also after it failed', async () => {
  const clock = new FakeClock(0)
  const errors: unknown[] = []
  let times = 0
  const work = async () => {
    times++
    if (times === 1) throw new Error('not today')
  }
  const repeating = createRepeating({ clock, everyMs: 1000, work, onError: (error) => errors.push(error) })
  repeating.start()
  expect(times).toBe(0)
  for (const expected of [1, 2, 3]) {
    clock.advance(1000)
    expect(times).toBe(expected)
  }
  await repeating.stop()
  expect(errors).toEqual([new Error('not today')])
  clock.advance(10_000)
  expect(times).toBe(3)
})

test('a stop waits for work that is under way, and nothing comes after it', async () => {
  const clock = new FakeClock(0)
  const { promise, resolve } = Promise.withResolvers<void>()
  let times = 0
  const work = () => {
    times++
    return promise
  }
  const repeating = createRepeating({ clock, everyMs: 1000, work, onError: () => {} })
  repeating.start()
  clock.advance(1000)
  let isStopped = false
  const stopping = repeating.stop().then(() => {
    isStopped = true
  })
  await Promise.resolve()
  expect(isStopped).toBe(false)
  resolve()
  await stopping
  clock.advance(10_000)
  expect(times).toBe(1)
})
