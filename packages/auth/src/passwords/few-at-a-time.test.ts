import { expect, test } from 'vitest'
import { fewAtATime } from './few-at-a-time.ts'

test('no more than the lanes run at once, in the order of coming, also after one that failed', async () => {
  const run = fewAtATime(2)
  const begun: number[] = []
  const ends: (() => void)[] = []
  const work = (n: number) => async () => {
    begun.push(n)
    await new Promise<void>((resolve) => {
      ends[n] = resolve
    })
    if (n === 1) throw new Error('one failed')
    return n
  }
  const all = [0, 1, 2, 3, 4].map((n) => run(work(n)).catch((error: Error) => error.message))
  await Promise.resolve()
  expect(begun).toEqual([0, 1])
  ends[1]!()
  expect(await all[1]).toBe('one failed')
  expect(begun).toEqual([0, 1, 2])
  ends[0]!()
  ends[2]!()
  await Promise.all([all[0], all[2]])
  expect(begun).toEqual([0, 1, 2, 3, 4])
  ends[3]!()
  ends[4]!()
  expect(await Promise.all(all)).toEqual([0, 'one failed', 2, 3, 4])
  expect(await run(async () => 'later')).toBe('later')
})
