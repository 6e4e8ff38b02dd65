import type { Database } from '@glia/database'
import { createLogger, systemRandom } from '@glia/platform'
import type { RoomId, UserId } from '@glia/protocol'
import { expect, test } from 'vitest'
import type { HomeserverSchema } from './schema.ts'
import { createSignalRelay } from './signal-relay.ts'
import { SignalBus } from './signals.ts'

/** Two processes on one database that announces like PostgreSQL, and counts. */
async function twoProcesses() {
  const listeners: ((text: string) => void)[] = []
  const announced: string[] = []
  const database = {
    dialect: 'postgres',
    async announce(text: string) {
      announced.push(text)
      await new Promise((resolve) => setImmediate(resolve))
      for (const listener of listeners) listener(text)
    },
    async onAnnouncement(listener: (text: string) => void) {
      listeners.push(listener)
    },
  } as unknown as Database<HomeserverSchema>
  const logger = createLogger({ level: 'silent', format: 'text' })
  const [one, two] = [new SignalBus(), new SignalBus()]
  const relays = [one, two].map((signals) => createSignalRelay({ database, signals, random: systemRandom, logger }))
  for (const relay of relays) await relay.start()
  return { one, two, announced, stop: () => Promise.all(relays.map((relay) => relay.stop())) }
}

const room = (index: number) => `!room${index}:here` as RoomId

test('signals come to the other process in order and as foreign, and not back', async () => {
  const { one, two, stop } = await twoProcesses()
  const heard: unknown[] = []
  one.on('room.deleted', ({ roomId }, isForeign) => heard.push(['one', roomId, isForeign]))
  two.on('room.deleted', ({ roomId }, isForeign) => heard.push(['two', roomId, isForeign]))
  one.tell('room.deleted', { roomId: room(1) })
  one.tell('room.deleted', { roomId: room(2) })
  await stop()
  expect(heard).toEqual([
    ['one', room(1), false],
    ['one', room(2), false],
    ['two', room(1), true],
    ['two', room(2), true],
  ])
})

test('many signals are few announcements, none of them too long', async () => {
  const { one, two, announced, stop } = await twoProcesses()
  let heard = 0
  two.on('room.changed', () => heard++)
  for (let index = 0; index < 1000; index++) one.tell('room.changed', { roomId: room(index), position: index })
  await stop()
  expect(heard).toBe(1000)
  expect(announced.length).toBeLessThan(30)
  expect(Math.max(...announced.map((text) => Buffer.byteLength(text)))).toBeLessThan(8000)
})

test('a signal that is too long is left out, and others still come', async () => {
  const { one, two, stop } = await twoProcesses()
  const heard: string[] = []
  two.on('presence.changed', () => heard.push('presence'))
  two.on('room.deleted', () => heard.push('deleted'))
  one.tell('presence.changed', {
    userId: '@bob:here' as UserId,
    roomIds: Array.from({ length: 1000 }, (_, index) => room(index)),
    position: 1,
  })
  one.tell('room.deleted', { roomId: room(1) })
  await stop()
  expect(heard).toEqual(['deleted'])
})
