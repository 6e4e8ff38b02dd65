import { FakeClock } from '@glia/testing'
import { expect, test } from 'vitest'
import { RateLimiter } from './rate-limiter.ts'

const limit = { perSecond: 0.5, burstCount: 3 }

test('lets a burst through, then one for each refill, for each key on its own', () => {
  const clock = new FakeClock()
  const limiter = new RateLimiter(clock)
  expect([1, 2, 3].map(() => limiter.tryTake('a', limit))).toEqual([0, 0, 0])
  expect(limiter.tryTake('a', limit)).toBe(2000)
  expect(limiter.tryTake('b', limit)).toBe(0)
  clock.advance(1999)
  expect(limiter.tryTake('a', limit)).toBe(1)
  clock.advance(1)
  expect(limiter.tryTake('a', limit)).toBe(0)
})

test('the refusal says when to come back, rounded up to whole seconds in the header', () => {
  const limiter = new RateLimiter(new FakeClock())
  const once = { perSecond: 0.4, burstCount: 1 }
  limiter.take('a', once)
  try {
    limiter.take('a', once)
    expect.unreachable()
  } catch (error) {
    expect(error).toMatchObject({
      status: 429,
      errcode: 'M_LIMIT_EXCEEDED',
      extra: { retry_after_ms: 2500 },
      headers: { 'retry-after': '3' },
    })
  }
})
