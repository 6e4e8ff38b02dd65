import type { RoomId, UserId } from '@glia/protocol'
import { FakeClock } from '@glia/testing'
import { beforeEach, expect, test } from 'vitest'
import { SignalBus } from '../signals.ts'
import { TypingUsers } from './index.ts'

const room = '!room:glia.test' as RoomId
const other = '!other:glia.test' as RoomId
const alice = '@alice:glia.test' as UserId
const bob = '@bob:glia.test' as UserId
let clock: FakeClock
let typing: TypingUsers
let told: RoomId[]

beforeEach(() => {
  clock = new FakeClock()
  const signals = new SignalBus()
  typing = new TypingUsers({ clock, signals })
  told = []
  signals.on('typing.changed', ({ roomId }) => told.push(roomId))
})

test('typing ends by itself', () => {
  typing.start(room, alice, 5000)
  clock.advance(4999)
  expect(typing.typingUsers(room)).toEqual([alice])
  clock.advance(1)
  expect(typing.typingUsers(room)).toEqual([])
  expect(told).toEqual([room, room])
})

test('typing on puts the end off and is no change', () => {
  typing.start(room, alice, 5000)
  clock.advance(4000)
  typing.start(room, alice, 5000)
  clock.advance(4000)
  expect(typing.typingUsers(room)).toEqual([alice])
  expect(told).toEqual([room])
})

test('each change of a room has a number; emptied rooms count as changed', () => {
  typing.start(room, alice, 5000)
  typing.start(other, bob, 5000)
  const { serial } = typing
  expect(typing.roomsChangedSince(0)).toEqual([room, other])
  expect(typing.roomsChangedSince(serial)).toEqual([])
  typing.stop(room, alice)
  expect(typing.roomsChangedSince(serial)).toEqual([room])
  expect(typing.roomSerial(room)).toBeGreaterThan(typing.roomSerial(other))
})

test('who does not type cannot stop', () => {
  typing.stop(room, alice)
  typing.start(room, bob, 5000)
  typing.stop(room, alice)
  expect(told).toEqual([room])
})
