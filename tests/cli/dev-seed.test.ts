import { createHash } from 'node:crypto'
import { onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createGliaUser, type GliaUser } from '../support/run-glia.ts'
import { onServerDatabase } from '../support/server-database.ts'
import { startTestServer, type TestServer } from '../support/start-server.ts'

const sizes = { users: 300, rooms: 60, events: 3000, media: 400 }
const sizeOptions = Object.entries(sizes).flatMap(([name, size]) => [`--${name}`, String(size)])
const seedCommand = ['dev', 'seed', '--seed', 'tests', '--until', '2026-01-01', ...sizeOptions]

onBothDatabases('a database that is filled with made-up data', (dialect) => {
  const servers: TestServer[] = []
  let glia: GliaUser
  let server: TestServer
  let token: string
  let picture: string

  const seeded = async () => {
    const made = await startTestServer({ dialect })
    servers.push(made)
    await made.running.stop()
    const totals = await glia.json(seedCommand, { env: { ...made.env } })
    const picture = await pictureOf(made)
    await made.restart()
    return { made, totals, picture }
  }
  const get = async (path: string, as = token, of = server) => {
    const { status, body } = await of.api('GET', path, { token: as })
    expect([path, status]).toEqual([path, 200])
    return body
  }

  beforeAll(async () => {
    glia = createGliaUser()
    const first = await seeded()
    server = first.made
    picture = first.picture
    const { totals } = first
    expect(totals).toMatchObject({ server_name: 'glia.test', ...sizes })
    await glia.run(['users', 'set-password', 'admin', '--password-stdin'], { env: { ...server.env }, input: 'a password\n' })
    const login = await server.api('POST', '/_matrix/client/v3/login', {
      body: { type: 'm.login.password', identifier: { type: 'm.id.user', user: 'admin' }, password: 'a password' },
    })
    expect(login.status).toBe(200)
    token = login.body.access_token
  }, 120_000)
  afterAll(async () => {
    glia.remove()
    for (const each of servers) await each.remove()
  })

  /** Every entry of a list that counts offsets. */
  const all = async (path: string, name: string, next: string): Promise<Record<string, never>[]> => {
    const found: Record<string, never>[] = []
    for (let from: unknown = 0; from !== undefined && from !== null; ) {
      const page = await get(`${path}${path.includes('?') ? '&' : '?'}limit=70&from=${from}`)
      found.push(...page[name])
      from = page[next]
    }
    return found
  }

  test('lists give as many as their totals say', async () => {
    const users = await all('/_synapse/admin/v2/users?deactivated=true&locked=true', 'users', 'next_token')
    expect(users).toHaveLength(sizes.users)
    expect((await get('/_synapse/admin/v2/users?deactivated=true&locked=true&limit=1')).total).toBe(sizes.users)
    const usable = users.filter(({ deactivated }) => !deactivated).length
    expect(usable).toBeLessThan(sizes.users)
    expect((await get('/_synapse/admin/v3/users?deactivated=false&locked=true&limit=1')).total).toBe(usable)
    const rooms = await all('/_synapse/admin/v1/rooms?order_by=size', 'rooms', 'next_batch')
    expect(rooms).toHaveLength(sizes.rooms)
    for (const { room_id, joined_members, joined_local_members, state_events } of rooms) {
      const { total } = await get(`/_synapse/admin/v1/rooms/${room_id}/members`)
      const { state } = (await get(`/_synapse/admin/v1/rooms/${room_id}/state`)) as { state: unknown[] }
      expect([joined_members, joined_local_members, state_events]).toEqual([total, total, state.length])
    }
    const uploaders = await all('/_synapse/admin/v1/statistics/users/media', 'users', 'next_token')
    expect(uploaders.reduce((sum, { media_count }) => sum + Number(media_count), 0)).toBe(sizes.media)
  })

  test('clients sync, write and read on', async () => {
    const rooms = (await get('/_synapse/admin/v1/rooms?order_by=joined_members&limit=1')).rooms
    const roomId = rooms[0].room_id as string
    const { members } = await get(`/_synapse/admin/v1/rooms/${roomId}/members`)
    const member = members[1] as string
    const issued = await glia.json(['users', 'issue-token', member], { env: { ...server.env } })
    const first = await get('/_matrix/client/v3/sync', issued.access_token)
    expect(first.rooms.join[roomId].summary['m.joined_member_count']).toBe(members.length)
    expect(Object.keys(first.rooms.join).sort()).toEqual(
      ((await get(`/_synapse/admin/v1/users/${member}/joined_rooms`)).joined_rooms as string[]).sort(),
    )
    const path = `/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}`
    const sent = await server.api('PUT', `${path}/send/m.room.message/1`, {
      token: issued.access_token,
      body: { msgtype: 'm.text', body: 'new' },
    })
    expect(sent.status).toBe(200)
    const second = await get(`/_matrix/client/v3/sync?since=${first.next_batch}`, issued.access_token)
    expect(second.rooms.join[roomId].timeline.events.map(({ event_id }: { event_id: string }) => event_id)).toEqual([sent.body.event_id])
    let token = ''
    let told = 0
    do {
      const page = await get(`${path}/messages?dir=b&limit=500${token && `&from=${token}`}`, issued.access_token)
      told += page.chunk.length
      token = page.end ?? ''
    } while (token !== '')
    expect(told).toBeGreaterThan(members.length)
  })

  test('media without bytes are not found', async () => {
    const { media } = await get(`/_synapse/admin/v1/users/@admin:glia.test/media?limit=1`)
    const { status } = await server.api('GET', `/_matrix/client/v1/media/download/glia.test/${media[0].media_id}`, { token })
    expect(status).toBe(404)
  })

  test('reports, admins’ records and quarantined media are there', async () => {
    expect((await get('/_glia/admin/v1/audit_log?limit=100')).records.length).toBeGreaterThan(10)
    const { reports } = await get('/_glia/admin/v1/reports')
    expect(reports.length).toBeGreaterThan(0)
  })

  test('a database with something in it is refused and left as it is', async () => {
    const { status, err } = await glia.run(seedCommand, { env: { ...server.env } })
    expect([status, err]).toEqual([1, expect.stringContaining('the database is not empty: it has users')])
    expect((await get('/_synapse/admin/v2/users?deactivated=true&locked=true&limit=1')).total).toBe(sizes.users)
  })

  test('the same seed gives the same data, but for signatures', async () => {
    expect((await seeded()).picture).toBe(picture)
  }, 120_000)
})

/** A hash of what was written, without what the server's own key adds. */
async function pictureOf(server: TestServer): Promise<string> {
  const hash = createHash('sha256')
  await onServerDatabase(server, async ({ db }) => {
    const events = await db.selectFrom('events').selectAll().orderBy('position').execute()
    for (const { json, ...event } of events) hash.update(JSON.stringify([event, { ...JSON.parse(json), signatures: undefined }]))
    for (const [table, key] of [
      ['users', 'user_id'],
      ['rooms', 'room_id'],
      ['local_media', 'media_id'],
      ['devices', 'device_id'],
      ['memberships', 'event_id'],
      ['auth_accounts', 'user_id'],
      ['report_cases', 'id'],
      ['audit_log', 'id'],
    ] as const) {
      const rows = await db
        .selectFrom(table)
        .selectAll()
        .orderBy(key as never)
        .execute()
      expect([table, rows.length]).not.toEqual([table, 0])
      hash.update(JSON.stringify(rows))
    }
  })
  return hash.digest('hex')
}
