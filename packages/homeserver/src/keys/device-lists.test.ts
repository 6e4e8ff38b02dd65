import type { UserId } from '@glia/protocol'
import { onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { alice as creator } from '../timeline/timeline-fixture.ts'
import { deviceListUpdates } from './index.ts'
import { device, openKeysFixture } from './key-fixture.ts'

onBothDatabases('device lists', (dialect) => {
  let fixture: Awaited<ReturnType<typeof openKeysFixture>>
  let alice: UserId
  let bob: UserId
  let carol: UserId
  beforeAll(async () => {
    fixture = await openKeysFixture(dialect)
  })
  afterAll(() => fixture.remove())
  beforeEach(async () => {
    ;({ alice, bob, carol } = await fixture.addUsers())
  })

  describe('device lists', () => {
    test('tell of those who share a room, and of oneself', async () => {
      const roomId = await fixture.createRoom()
      for (const user of [alice, bob]) await fixture.join(roomId, user)
      const before = await fixture.now()
      await fixture.uploadDevice(alice, device)
      expect(await fixture.changedFor(alice, before)).toEqual([alice])
      expect(await fixture.changedFor(bob, before)).toEqual([alice])
      expect(await fixture.changedFor(carol, before)).toEqual([])
    })

    test('tell both sides when somebody joins, and nothing of a new name', async () => {
      const roomId = await fixture.createRoom()
      await fixture.join(roomId, alice)
      const before = await fixture.now()
      await fixture.join(roomId, bob)
      expect(await fixture.changedFor(alice, before)).toEqual([bob])
      expect(await fixture.changedFor(bob, before)).toContain(alice)
      const later = await fixture.now()
      await fixture.append(roomId, bob, 'm.room.member', { membership: 'join', displayname: 'Bobby' }, bob)
      expect(await fixture.changedFor(alice, later)).toEqual([])
    })

    test('tell nothing of rooms that one is only invited to', async () => {
      const roomId = await fixture.createRoom()
      await fixture.join(roomId, alice)
      const before = await fixture.now()
      await fixture.append(roomId, creator, 'm.room.member', { membership: 'invite' }, bob)
      await fixture.join(roomId, carol)
      const invited = await deviceListUpdates(fixture.database.read, bob, before, await fixture.now())
      expect(invited).toEqual({ changed: [], left: [] })
      await fixture.append(roomId, bob, 'm.room.member', { membership: 'leave' }, bob)
      expect(await deviceListUpdates(fixture.database.read, bob, before, await fixture.now())).toEqual({ changed: [], left: [] })
    })

    test('name those who went, unless another room is shared', async () => {
      const [one, two] = [await fixture.createRoom(), await fixture.createRoom()]
      for (const user of [alice, bob, carol]) await fixture.join(one, user)
      for (const user of [alice, carol]) await fixture.join(two, user)
      const before = await fixture.now()
      for (const user of [bob, carol]) await fixture.append(one, user, 'm.room.member', { membership: 'leave' }, user)
      const updates = (viewer: UserId) => fixture.now().then((upTo) => deviceListUpdates(fixture.database.read, viewer, before, upTo))
      expect(await updates(alice)).toEqual({ changed: [], left: [bob] })
      expect((await updates(bob)).left).toEqual(expect.arrayContaining([alice]))
      expect((await updates(carol)).left).not.toContain(alice)
    })

    test('wake the user and the rooms that the user is in', async () => {
      const roomId = await fixture.createRoom()
      await fixture.join(roomId, alice)
      const told: unknown[] = []
      const stop = [
        fixture.signals.on('user.changed', ({ userId }) => told.push(userId)),
        fixture.signals.on('room.changed', (signal) => told.push(signal.roomId)),
      ]
      await fixture.uploadDevice(alice, device)
      for (const end of stop) end()
      expect(told).toEqual([alice, roomId])
    })
  })
})
