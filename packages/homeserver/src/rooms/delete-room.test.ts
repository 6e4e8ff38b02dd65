import { createLogger, systemRandom } from '@glia/platform'
import { eventTypes, makeRoomAlias, type RoomAlias, type RoomId, roomVersion, type UserId } from '@glia/protocol'
import { onBothDatabases } from '@glia/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { insertAlias } from '../directory/index.ts'
import { purgeReceipts } from '../receipts/index.ts'
import { openSyncFixture, type ToldRoom } from '../sync/sync-fixture.ts'
import { createTasks, type Tasks } from '../tasks/index.ts'
import { purgeRoom } from '../timeline/index.ts'
import { alice, bob, carol, serverName } from '../timeline/timeline-fixture.ts'
import { createReplacementRoom } from './create-replacement-room.ts'
import { DELETE_ROOM_ACTION, type DeleteRoomCommand, deleteRoom } from './delete-room.ts'
import { roomDeletionRunner } from './delete-room-runner.ts'
import type { PurgeRoom } from './purge-room.ts'

const admin = '@admin:glia.test' as UserId

onBothDatabases('room deletion', (dialect) => {
  let fixture: Awaited<ReturnType<typeof openSyncFixture>>
  const started: Tasks[] = []

  beforeEach(async () => {
    fixture = await openSyncFixture(dialect)
  })
  afterEach(async () => {
    for (const tasks of started.splice(0)) await tasks.stop()
    await fixture.remove()
  })

  /** A server as far as deletion goes. */
  function newTasks(options: { purges?: PurgeRoom[]; version?: string } = {}): Tasks {
    const { clock, database, random, signals, timeline } = fixture
    const logger = createLogger({ level: 'silent', format: 'text' })
    const tasks = createTasks({ database, signals, clock, random: systemRandom, logger, isSoleProcess: true, tellAdmins: async () => {} })
    const replacement = { timeline, random, serverName, version: roomVersion(options.version ?? '11')! }
    tasks.register(
      DELETE_ROOM_ACTION,
      roomDeletionRunner({
        database,
        timeline,
        signals,
        clock,
        createReplacement: (tx, room, nowMs) => createReplacementRoom(replacement, tx, room, nowMs),
        profileOf: async () => ({}),
        purges: options.purges ?? [purgeReceipts, purgeRoom],
      }),
    )
    started.push(tasks)
    return tasks
  }

  const command = (roomId: string, changes: Partial<DeleteRoomCommand> = {}): DeleteRoomCommand => ({
    roomId,
    requestedBy: admin,
    newRoomUserId: undefined,
    newRoomName: undefined,
    message: undefined,
    block: false,
    purge: true,
    forcePurge: false,
    ...changes,
  })
  const schedule = (tasks: Tasks, roomId: string, changes?: Partial<DeleteRoomCommand>) =>
    deleteRoom({ database: fixture.database, tasks, clock: fixture.clock, serverName }, command(roomId, changes))
  const ended = (tasks: Tasks, id: string) => tasks.waitUntilEnded(id, new AbortController().signal)

  async function remove(roomId: string, changes?: Partial<DeleteRoomCommand>) {
    const tasks = newTasks()
    await tasks.start()
    return ended(tasks, await schedule(tasks, roomId, changes))
  }

  const ROOM_TABLES = [
    'rooms',
    'events',
    'forward_extremities',
    'state_groups',
    'current_state',
    'state_changes',
    'memberships',
    'room_aliases',
    'receipts',
  ] as const
  async function rowsOf(roomId: string): Promise<Record<string, number>> {
    const counts: Record<string, number> = {}
    for (const table of ROOM_TABLES) {
      const rows = await fixture.database.read.selectFrom(table).select('room_id').where('room_id', '=', roomId).execute()
      if (rows.length > 0) counts[table] = rows.length
    }
    return counts
  }
  const membersOf = async (roomId: string, membership: string) => {
    const rows = await fixture.database.read
      .selectFrom('memberships')
      .select('user_id')
      .where('room_id', '=', roomId)
      .where('membership', '=', membership)
      .orderBy('user_id')
      .execute()
    return rows.map(({ user_id }) => user_id)
  }
  const roomsIn = (answer: object) => (answer as { rooms?: Record<string, Record<string, ToldRoom>> }).rooms ?? {}

  test('lets all local members leave and leaves no row of the room', async () => {
    const roomId = await fixture.createRoom()
    const other = await fixture.createRoom()
    const before = await rowsOf(other)
    await fixture.join(roomId, bob)
    await fixture.append(roomId, alice, eventTypes.member, { membership: 'invite' }, carol)
    const { status, result } = await remove(roomId)
    expect([status, result]).toEqual([
      'complete',
      { kicked_users: [alice, bob, carol], failed_to_kick_users: [], local_aliases: [], new_room_id: null, step: 'done' },
    ])
    expect(await rowsOf(roomId)).toEqual({})
    expect(await fixture.database.read.selectFrom('state_group_entries').selectAll().execute()).toHaveLength(4)
    expect(await rowsOf(other)).toEqual(before)
  })

  test('is told to members who sync after the purge, once', async () => {
    const roomId = await fixture.createRoom()
    await fixture.join(roomId, bob)
    const { next_batch: since } = await fixture.look(bob)
    await remove(roomId)
    const answer = await fixture.look(bob, { since })
    const left = roomsIn(answer).leave?.[roomId]
    expect(left?.timeline.events).toEqual([
      expect.objectContaining({ type: 'm.room.member', state_key: bob, sender: bob, content: { membership: 'leave' } }),
    ])
    expect(roomsIn(answer).join).toBeUndefined()
    expect(roomsIn(await fixture.look(bob, { since: answer.next_batch }))).toEqual({})
    expect(roomsIn(await fixture.look(bob))).toEqual({})
  })

  test('wakes members who wait', async () => {
    const roomId = await fixture.createRoom()
    await fixture.join(roomId, bob)
    const { next_batch: since } = await fixture.look(bob)
    const waiting = fixture.look(bob, { since, timeoutMs: 30_000 })
    await remove(roomId)
    expect(roomsIn(await waiting).leave).toHaveProperty([roomId])
  })

  test('without purging keeps the events, and a user who comes again is in', async () => {
    const roomId = await fixture.createRoom()
    await fixture.join(roomId, bob)
    const { next_batch: since } = await fixture.look(bob)
    const { status } = await remove(roomId, { purge: false })
    expect(status).toBe('complete')
    expect(await membersOf(roomId, 'leave')).toEqual([alice, bob])
    expect((await rowsOf(roomId)).events).toBe(7)
    await fixture.join(roomId, bob)
    const answer = roomsIn(await fixture.look(bob, { since }))
    expect([Object.keys(answer.join ?? {}), Object.keys(answer.leave ?? {})]).toEqual([[roomId], []])
  })

  test('moves joined members and aliases to a new room in which only its maker speaks', async () => {
    const roomId = await fixture.createRoom()
    await fixture.join(roomId, bob)
    await fixture.append(roomId, alice, eventTypes.member, { membership: 'invite' }, carol)
    const alias = makeRoomAlias('old', serverName) as RoomAlias
    await fixture.database.transaction((tx) => insertAlias(tx, { alias, roomId, creator: alice }, 0))
    const { result } = await remove(roomId, { newRoomUserId: admin, newRoomName: 'Gone', message: 'It had to be.' })
    const newRoomId = result!.new_room_id as RoomId
    expect(result).toMatchObject({ kicked_users: [alice, bob, carol], local_aliases: [alias] })
    expect(await membersOf(newRoomId, 'join')).toEqual([admin, alice, bob])
    const row = await fixture.database.read.selectFrom('room_aliases').selectAll().where('alias', '=', alias).executeTakeFirst()
    expect(row?.room_id).toBe(newRoomId)
    const events = await fixture.database.read
      .selectFrom('events')
      .select(['type', 'json'])
      .where('room_id', '=', newRoomId)
      .orderBy('position')
      .execute()
    expect(events.map(({ type }) => type)).toEqual([
      'm.room.create',
      'm.room.member',
      'm.room.power_levels',
      'm.room.join_rules',
      'm.room.history_visibility',
      'm.room.name',
      'm.room.member',
      'm.room.member',
      'm.room.message',
    ])
    expect(JSON.parse(events.at(-1)!.json).content).toEqual({ msgtype: 'm.text', body: 'It had to be.' })
    await expect(fixture.append(newRoomId, bob, 'm.room.message', { body: 'no' })).rejects.toMatchObject({ errcode: 'M_FORBIDDEN' })
  })

  test('goes on where it was after a stop at every step, and does nothing twice', async () => {
    const roomId = await fixture.createRoom()
    for (let index = 0; index < 120; index++) await fixture.join(roomId, `@user${String(index).padStart(3, '0')}:glia.test` as UserId)
    const first = newTasks()
    const id = await schedule(first, roomId, { newRoomUserId: admin })
    let interruptions = 0
    for (let task = await first.find(id); task?.status !== 'complete'; task = await first.find(id)) {
      expect(task?.error).toBeNull()
      // rows in small portions, so that there is something to interrupt
      const tasks = newTasks({ purges: [(tx, room) => purgeRoom(tx, room, 400)] })
      const progress = Promise.withResolvers<void>()
      const stopListening = fixture.signals.on('room.changed', () => progress.resolve())
      await tasks.start()
      await Promise.race([progress.promise, new Promise((resolve) => setTimeout(resolve, 20)), ended(tasks, id)])
      stopListening()
      await tasks.stop()
      interruptions++
    }
    expect(interruptions).toBeGreaterThan(3)
    const { result } = (await first.find(id))!
    const kicked = result!.kicked_users as string[]
    expect(kicked).toHaveLength(121)
    expect(new Set(kicked).size).toBe(121)
    expect(await rowsOf(roomId)).toEqual({})
    const rooms = await fixture.database.read.selectFrom('rooms').select(['room_id', 'joined_members']).execute()
    expect(rooms).toEqual([{ room_id: result!.new_room_id, joined_members: 122 }])
    const messages = await fixture.database.read.selectFrom('events').select('event_id').where('type', '=', 'm.room.message').execute()
    expect(messages).toHaveLength(1)
  })

  test('is refused while another deletion of the room is under way', async () => {
    const roomId = await fixture.createRoom()
    const tasks = newTasks()
    const id = await schedule(tasks, roomId)
    await expect(schedule(tasks, roomId)).rejects.toMatchObject({
      errcode: 'M_UNKNOWN',
      message: `Purge already in progress for ${roomId}`,
    })
    await schedule(tasks, '!another:glia.test')
    await tasks.start()
    await ended(tasks, id)
    await schedule(tasks, roomId)
  })

  test('blocks the room before anything else, and a room that is not known too', async () => {
    const tasks = newTasks()
    await schedule(tasks, '!unknown:glia.test', { block: true })
    expect(await fixture.database.read.selectFrom('list_entries').select(['list', 'item', 'added_by']).execute()).toEqual([
      { list: 'rooms', item: '!unknown:glia.test', added_by: admin },
    ])
    const { status, result } = await remove('!other:glia.test', { newRoomUserId: admin })
    expect([status, result?.new_room_id]).toEqual(['complete', null])
  })

  test('makes two new rooms in one millisecond, also where the id of a room comes of what made it and when', async () => {
    const tasks = newTasks({ version: '12' })
    await tasks.start()
    const newRooms = new Set<unknown>()
    for (const roomId of [await fixture.createRoom(), await fixture.createRoom()]) {
      const { status, result } = await ended(tasks, await schedule(tasks, roomId, { newRoomUserId: admin }))
      expect(status).toBe('complete')
      newRooms.add(result?.new_room_id)
    }
    expect(newRooms.size).toBe(2)
  })

  test.each(['@admin:elsewhere.test', 'admin', ''])('is refused with a new room of %j', async (newRoomUserId) => {
    const roomId = await fixture.createRoom()
    await expect(schedule(newTasks(), roomId, { newRoomUserId, block: true })).rejects.toMatchObject({
      errcode: 'M_UNKNOWN',
      message: `User must be our own: ${newRoomUserId}`,
    })
    expect(await fixture.database.read.selectFrom('list_entries').selectAll().execute()).toEqual([])
  })

  test('keeps members of other servers out of it', async () => {
    const roomId = await fixture.createRoom()
    const remote = '@dora:elsewhere.test' as UserId
    await fixture.append(roomId, alice, eventTypes.member, { membership: 'invite' }, remote)
    const { result } = await remove(roomId, { purge: false })
    expect(result?.kicked_users).toEqual([alice])
    expect(await membersOf(roomId, 'invite')).toEqual([remote])
  })
})
