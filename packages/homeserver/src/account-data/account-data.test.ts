import type { RoomId, UserId } from '@glia/protocol'
import { onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createPushRules, type PushRules } from '../push-rules/index.ts'
import { openTimelineFixture } from '../timeline/timeline-fixture.ts'
import { type AccountData, allFor, changesSince, createAccountData } from './index.ts'

onBothDatabases('account data', (dialect) => {
  let fixture: Awaited<ReturnType<typeof openTimelineFixture>>
  let accountData: AccountData
  let pushRules: PushRules
  let user: UserId
  let count = 0
  const room = '!room:glia.test' as RoomId
  beforeAll(async () => {
    fixture = await openTimelineFixture(dialect)
    accountData = createAccountData(fixture)
    pushRules = createPushRules(fixture)
  })
  afterAll(() => fixture.remove())
  beforeEach(() => {
    user = `@user${++count}:glia.test` as UserId
  })

  const now = () => fixture.database.currentPosition()
  const changes = async (since: number) => changesSince(fixture.database.read, user, since, await now())

  test('changes come once, by room and type, newest content only', async () => {
    await accountData.put(user, undefined, 'm.direct', { a: 1 })
    const since = await now()
    await accountData.put(user, undefined, 'm.direct', { a: 2 })
    await accountData.put(user, undefined, 'm.direct', { a: 1.5 })
    await accountData.put(user, room, 'm.marked_unread', { unread: true })
    expect(await changes(since)).toEqual({
      global: [{ type: 'm.direct', content: { a: 1.5 } }],
      rooms: [{ roomId: room, type: 'm.marked_unread', content: { unread: true } }],
    })
    expect(await changes(await now())).toEqual({ global: [], rooms: [] })
  })

  test('what changed after the end of the range is left for the next look', async () => {
    await accountData.put(user, undefined, 'x', {})
    const upTo = await now()
    await accountData.put(user, undefined, 'x', { later: true })
    expect((await changesSince(fixture.database.read, user, 0, upTo)).global).toEqual([])
    expect((await changes(upTo)).global).toEqual([{ type: 'x', content: { later: true } }])
  })

  test('another user sees nothing of it', async () => {
    await accountData.put('@somebody:glia.test' as UserId, undefined, 'x', {})
    expect(await changes(0)).toEqual({ global: [], rooms: [] })
  })

  test('push rules come whole at the start and after each change', async () => {
    const all = await allFor(fixture.database.read, user, await now())
    expect(all.global).toEqual([{ type: 'm.push_rules', content: { global: await pushRules.getAll(user) } }])
    const since = await now()
    expect((await changes(since)).global).toEqual([])
    await pushRules.setEnabled(user, 'override', '.m.rule.master', true)
    const { global } = await changes(since)
    expect(global).toEqual([{ type: 'm.push_rules', content: { global: await pushRules.getAll(user) } }])
    expect((await accountData.get(user, undefined, 'm.push_rules')).global).toEqual(await pushRules.getAll(user))
  })

  test('each change wakes the user', async () => {
    const told: unknown[] = []
    const end = fixture.signals.on('user.changed', (signal) => told.push(signal))
    await accountData.put(user, undefined, 'x', {})
    const first = await now()
    await pushRules.setEnabled(user, 'override', '.m.rule.master', true)
    end()
    expect(told).toEqual([
      { userId: user, position: first },
      { userId: user, position: await now() },
    ])
  })

  describe('tags', () => {
    let roomId: RoomId
    beforeEach(async () => {
      roomId = await fixture.createRoom()
      await fixture.join(roomId, user)
    })

    test('are account data of the room, whole at each change', async () => {
      await accountData.setTag(user, roomId, 'm.favourite', { order: 0.5 })
      await accountData.setTag(user, roomId, '__proto__', { order: 1 })
      const since = await now()
      await accountData.removeTag(user, roomId, 'm.favourite')
      expect(await accountData.tags(user, roomId)).toEqual(JSON.parse('{"__proto__":{"order":1}}'))
      expect((await changes(since)).rooms).toEqual([{ roomId, type: 'm.tag', content: JSON.parse('{"tags":{"__proto__":{"order":1}}}') }])
    })

    test('set at once are all kept', async () => {
      await Promise.all(Array.from({ length: 10 }, (_, i) => accountData.setTag(user, roomId, `u.${i}`, {})))
      expect(Object.keys(await accountData.tags(user, roomId))).toHaveLength(10)
    })

    test('need a room that the user has been in', async () => {
      const unknown = accountData.setTag(user, '!other:glia.test', 'u.x', {})
      await expect(unknown).rejects.toMatchObject({ errcode: 'M_FORBIDDEN', status: 403 })
      await expect(accountData.setTag(user, 'nonsense', 'u.x', {})).rejects.toMatchObject({ errcode: 'M_INVALID_PARAM' })
    })

    test('that are too long or too many are refused', async () => {
      await expect(accountData.setTag(user, roomId, 'x'.repeat(256), {})).rejects.toMatchObject({ errcode: 'M_INVALID_PARAM' })
      await accountData.setTag(user, roomId, 'u.big', { x: 'x'.repeat(60_000) })
      await expect(accountData.setTag(user, roomId, 'u.more', { x: 'x'.repeat(60_000) })).rejects.toMatchObject({ status: 413 })
    })
  })
})
