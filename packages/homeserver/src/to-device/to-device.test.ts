import type { DeviceId, UserId } from '@glia/protocol'
import { onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { alice, bob, carol, openTimelineFixture } from '../timeline/timeline-fixture.ts'
import { addTestUser } from '../users/user-fixture.ts'
import { createToDevice, deleteUpTo, messagesFor, type ToDevice } from './index.ts'

onBothDatabases('messages to devices', (dialect) => {
  let fixture: Awaited<ReturnType<typeof openTimelineFixture>>
  let toDevice: ToDevice
  const one = 'ONE' as DeviceId
  const two = 'TWO' as DeviceId
  const from = { userId: alice, sessionId: 'session' }
  let transaction = 0

  beforeAll(async () => {
    fixture = await openTimelineFixture(dialect)
    toDevice = createToDevice(fixture)
    await addTestUser(fixture.database, bob, [one, two])
    await addTestUser(fixture.database, carol, [one])
  })
  afterAll(() => fixture.remove())
  beforeEach(() => fixture.database.transaction(async ({ db }) => void (await db.deleteFrom('to_device_messages').execute())))

  const waiting = async (userId: UserId, deviceId: DeviceId, since = 0, limit = 100) =>
    messagesFor(fixture.database.read, userId, deviceId, since, await fixture.database.currentPosition(), limit)
  const send = (messages: Parameters<ToDevice['send']>[3]) => toDevice.send(from, 'm.test', `t${++transaction}`, messages)

  test('wait for the named device, in order, until it has them', async () => {
    await send({ [bob]: { ONE: { n: 1 } } })
    await send({ [bob]: { ONE: { n: 2 } } })
    const messages = await waiting(bob, one)
    expect(messages.map(({ content }) => content.n)).toEqual([1, 2])
    expect(messages[0]).toMatchObject({ type: 'm.test', sender: alice })
    expect(await waiting(bob, two)).toEqual([])
    expect(await waiting(carol, one)).toEqual([])
    expect(await waiting(bob, one, messages[0]!.position)).toEqual([messages[1]])
    expect(await waiting(bob, one, 0, 1)).toEqual([messages[0]])
    await fixture.database.transaction((tx) => deleteUpTo(tx, bob, one, messages[0]!.position))
    expect(await waiting(bob, one)).toEqual([messages[1]])
  })

  test('go to all devices by *, but to a named one what is meant for it', async () => {
    await send({ [bob]: { '*': { for: 'all' }, TWO: { for: 'two' } } })
    expect((await waiting(bob, one)).map(({ content }) => content)).toEqual([{ for: 'all' }])
    expect((await waiting(bob, two)).map(({ content }) => content)).toEqual([{ for: 'two' }])
  })

  test('for unknown devices, unknown users and other servers are passed over', async () => {
    await send({ [bob]: { NOPE: {} }, '@nobody:glia.test': { '*': {} }, '@a:other.test': { '*': {} } })
    expect(await waiting(bob, one)).toEqual([])
  })

  test('of one transaction are sent once, also when its requests overlap', async () => {
    const again = () => toDevice.send(from, 'm.test', 'same', { [bob]: { ONE: { n: 1 } } })
    await Promise.all([again(), again(), again()])
    await again()
    expect(await waiting(bob, one)).toHaveLength(1)
    await toDevice.send(from, 'm.other', 'same', { [bob]: { ONE: {} } })
    await toDevice.send({ ...from, sessionId: 'another' }, 'm.test', 'same', { [bob]: { ONE: {} } })
    expect(await waiting(bob, one)).toHaveLength(3)
  })

  test('wake each recipient once', async () => {
    const told: string[] = []
    const end = fixture.signals.on('user.changed', ({ userId }) => told.push(userId))
    await send({ [bob]: { '*': {} }, [carol]: { ONE: {} } })
    end()
    expect(told.sort()).toEqual([bob, carol])
  })

  test('to what is no user are refused as a whole', async () => {
    await expect(send({ [bob]: { ONE: {} }, nobody: { ONE: {} } })).rejects.toMatchObject({ errcode: 'M_INVALID_PARAM', status: 400 })
    expect(await waiting(bob, one)).toEqual([])
  })
})
