import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createOutbound, Secret, silentLogger, systemClock } from '@glia/platform'
import type { DeviceId, UserId } from '@glia/protocol'
import { FakeClock, onBothDatabases, openTestDatabase, type TestDatabase } from '@glia/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { authMigrations } from '../../migrations/index.ts'
import { FakeHomeserver } from '../homeserver-link-fixture.ts'
import { createHomeserverCalls, createHomeserverConnection, createRemoteHomeserverLink, type HomeserverCallTables } from './index.ts'

const alice = '@alice:example.com' as UserId
const device = (id: string) => id as DeviceId

onBothDatabases('a homeserver that is another program', (dialect) => {
  let place: TestDatabase<HomeserverCallTables>
  let homeserver: Server
  let clock: FakeClock
  const outbound = createOutbound({ clock: systemClock, userAgent: 'test' })
  /** What it was asked, and what it answers: 200 where nothing else is said. */
  let asked: string[]
  let answers: Map<string, [number, object]>
  beforeEach(async () => {
    place = await openTestDatabase<HomeserverCallTables>(dialect, authMigrations)
    clock = new FakeClock()
    asked = []
    answers = new Map()
    homeserver = createServer(async (request, response) => {
      let body = ''
      for await (const chunk of request) body += chunk
      const operation = request.url!.replace('/_synapse/mas/', '')
      const isOurs = request.headers.authorization === 'Bearer shared'
      asked.push(`${operation} ${body}`.trim())
      const [status, answer] = isOurs ? (answers.get(operation.split('?')[0]!) ?? [200, {}]) : [403, { errcode: 'M_UNKNOWN' }]
      response.writeHead(status, { 'content-type': 'application/json' }).end(status === 204 ? undefined : JSON.stringify(answer))
    })
    await new Promise<void>((resolve) => homeserver.listen(0, '127.0.0.1', resolve))
  })
  afterEach(async () => {
    homeserver.closeAllConnections()
    await new Promise((resolve) => homeserver.close(resolve))
    await place.remove()
  })

  const open = (secret = 'shared') => {
    const endpoint = `http://127.0.0.1:${(homeserver.address() as AddressInfo).port}`
    const connection = createHomeserverConnection({ endpoint, secret: new Secret(secret) }, outbound)
    const calls = createHomeserverCalls({ database: place.database, connection, clock, logger: silentLogger })
    const local = new FakeHomeserver()
    return { calls, link: createRemoteHomeserverLink({ local, database: place.database, calls, connection }) }
  }
  test('is told of accounts and devices, in order', async () => {
    const { link, calls } = open()
    await place.database.transaction(async (tx) => {
      await link.createUser(tx, { localpart: 'alice', displayName: 'Alice' })
      await link.upsertDevice(tx, { userId: alice, deviceId: device('ONE'), displayName: 'Phone' })
    })
    await place.database.transaction((tx) => link.deleteDevices(tx, alice, [device('ONE')]))
    await place.database.transaction((tx) => link.upsertDevice(tx, { userId: alice, deviceId: device('ONE'), displayName: undefined }))
    await place.database.transaction((tx) => link.setLocked(tx, alice, true))
    await place.database.transaction((tx) => link.deleteAllDevices(tx, alice, { exceptDeviceId: device('ONE') }))
    await link.deactivateUser(alice, { erase: true })
    await place.database.transaction((tx) => link.reactivateUser(tx, alice))
    await calls.settle(alice)
    expect(asked).toEqual([
      'provision_user {"localpart":"alice","set_displayname":"Alice","locked":false}',
      'upsert_device {"localpart":"alice","device_id":"ONE","display_name":"Phone"}',
      'delete_device {"localpart":"alice","device_id":"ONE"}',
      'upsert_device {"localpart":"alice","device_id":"ONE"}',
      'provision_user {"localpart":"alice","locked":true}',
      'sync_devices {"localpart":"alice","devices":["ONE"]}',
      'delete_user {"localpart":"alice","erase":true}',
      'reactivate_user {"localpart":"alice"}',
    ])
    expect(await rows()).toBe(0)
  })

  const rows = async () => (await place.database.read.selectFrom('auth_homeserver_calls').select('position').execute()).length

  test('is told of all e-mail addresses when one changes', async () => {
    const { link, calls } = open()
    const add = (address: string) =>
      place.database.transaction((tx) => link.addThreepid(tx, alice, { medium: 'email', address, validatedAtMs: 1 }))
    await add('a@example.org')
    await add('b@example.org')
    for (const address of ['a@example.org', 'b@example.org', 'never@example.org']) {
      await place.database.transaction((tx) => link.removeThreepid(tx, alice, { medium: 'email', address }))
    }
    await calls.settle(alice)
    expect(asked.map((text) => JSON.parse(text.slice('provision_user '.length)))).toEqual([
      { localpart: 'alice', set_emails: ['a@example.org'] },
      { localpart: 'alice', set_emails: ['a@example.org', 'b@example.org'] },
      { localpart: 'alice', set_emails: ['b@example.org'] },
      { localpart: 'alice', unset_emails: true },
    ])
  })

  test('what is rolled back is not told', async () => {
    const { link, calls } = open()
    const failed = place.database.transaction(async (tx) => {
      await link.createUser(tx, { localpart: 'alice' })
      throw new Error('no')
    })
    await expect(failed).rejects.toThrow('no')
    await calls.settle(alice)
    expect(asked).toEqual([])
  })

  test.each([500, 401, 403, 429])('hears again what it answered with %i, before anything else about the user', async (status) => {
    const { link, calls } = open()
    answers.set('provision_user', [status, { errcode: 'M_UNKNOWN' }])
    await place.database.transaction(async (tx) => {
      await link.createUser(tx, { localpart: 'alice' })
      await link.upsertDevice(tx, { userId: alice, deviceId: device('ONE'), displayName: undefined })
    })
    await calls.settle(alice)
    expect(new Set(asked.map((text) => text.split(' ')[0]))).toEqual(new Set(['provision_user']))
    answers.clear()
    await calls.settle(alice)
    expect(asked.slice(-2).map((text) => text.split(' ')[0])).toEqual(['provision_user', 'upsert_device'])
    expect(await rows()).toBe(0)
  })

  test('is asked again by itself after a pause, by a process that starts later, too', async () => {
    const { link, calls } = open('wrong')
    await place.database.transaction((tx) => link.createUser(tx, { localpart: 'alice' }))
    await calls.stop()
    expect(await rows()).toBe(1)
    const { calls: later } = open()
    later.start()
    clock.advance(10_000)
    await expect.poll(rows).toBe(0)
    await later.stop()
    expect(asked.at(-1)).toBe('provision_user {"localpart":"alice","locked":false}')
  })

  test('what it refuses for good does not hold up the rest', async () => {
    const { link, calls } = open()
    answers.set('upsert_device', [404, { errcode: 'M_NOT_FOUND' }])
    await place.database.transaction(async (tx) => {
      await link.upsertDevice(tx, { userId: alice, deviceId: device('ONE'), displayName: undefined })
      await link.setLocked(tx, alice, true)
    })
    await calls.settle(alice)
    expect(asked.map((text) => text.split(' ')[0])).toEqual(['upsert_device', 'provision_user'])
  })

  test('says which names are free', async () => {
    const { link } = open()
    await link.checkLocalpartAvailable('free')
    expect(asked).toEqual(['is_localpart_available?localpart=free'])
    answers.set('is_localpart_available', [400, { errcode: 'M_EXCLUSIVE', error: 'reserved' }])
    await expect(link.checkLocalpartAvailable('free')).rejects.toMatchObject({ errcode: 'M_EXCLUSIVE', message: 'reserved' })
    await expect(open('wrong').link.checkLocalpartAvailable('free')).rejects.toMatchObject({ errcode: 'M_UNKNOWN', status: 502 })
  })
})
