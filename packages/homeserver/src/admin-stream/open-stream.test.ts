import { FakeClock } from '@glia/testing'
import { expect, test } from 'vitest'
import { OpenStream } from './open-stream.ts'

function openStream(clock: FakeClock, read: () => Promise<{ text: string; upTo: number; isWhole: boolean }>) {
  let isOver = false
  const stream = new OpenStream({
    clock,
    userId: '@admin:glia.test' as never,
    after: 0,
    isGap: false,
    kinds: ['audit'],
    allowedKinds: async () => ['audit'],
    read,
    onEnd: () => {
      isOver = true
    },
  })
  return { stream, isOver: () => isOver }
}

const turns = async (count: number) => {
  for (let turn = 0; turn < count; turn++) await new Promise(setImmediate)
}

test('reads no more than a client takes, and drops one that takes nothing for half a minute', async () => {
  const clock = new FakeClock(0)
  let reads = 0
  const { stream, isOver } = openStream(clock, async () => ({ text: 'x'.repeat(100_000), upTo: ++reads, isWhole: false }))
  stream.readable.read(0)
  await turns(20)
  expect(reads).toBe(1)
  const step = async (ms: number) => {
    clock.advance(ms)
    await turns(2)
  }
  for (let passed = 0; passed < 28_000; passed += 2_000) await step(2_000)
  expect(isOver()).toBe(false)
  await step(2_000)
  expect(isOver()).toBe(true)
  expect(stream.readable.destroyed).toBe(true)
  expect(reads).toBe(1)
})

test('keeps the connection alive with the newest place, and ends when asked to', async () => {
  const clock = new FakeClock(0)
  const { stream } = openStream(clock, async () => ({ text: '', upTo: 35, isWhole: true }))
  const heard: string[] = []
  stream.readable.setEncoding('utf8').on('data', (text) => heard.push(text))
  await turns(5)
  for (let passed = 0; passed < 15_000; passed += 5_000) {
    clock.advance(5_000)
    await turns(5)
  }
  expect(heard).toEqual(['retry: 2000\nid: n0\n\n', ': still here\nid: nz\n\n'])
  const ended = new Promise((resolve) => stream.readable.once('end', resolve))
  stream.end()
  await ended
})
