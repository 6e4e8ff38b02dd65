import { afterAll, beforeAll, expect, test } from 'vitest'
import { onHomeservers, type TestHomeserver } from '../support/on-homeservers.ts'
import { type Population, pictureBytes, populate, sdkClient } from '../support/population.ts'
import type { TestUser } from '../support/start-server.ts'

onHomeservers('a population of matrix-js-sdk clients', (kind) => {
  let server: TestHomeserver
  let population: Population
  let admin: TestUser
  const suffix = Date.now().toString(36)
  beforeAll(async () => {
    server = await kind.open()
    admin = await server.register(`root-${suffix}`, { admin: true })
    population = await populate(server, `p${suffix}-`)
  }, 180_000)
  afterAll(() => server?.remove())

  const get = (path: string) => server.api('GET', path, { token: admin.accessToken })
  const room = (id: string) => encodeURIComponent(id)

  test('is what the Admin API tells of its users', async () => {
    const { body } = await get(`/_synapse/admin/v2/users?name=p${suffix}-&limit=7&order_by=name`)
    expect(body.total).toBe(20)
    expect(body.next_token).toBe('7')
    expect(body.users.map(({ name }: { name: string }) => name)).toEqual(
      population.users
        .map(({ userId }) => userId)
        .sort()
        .slice(0, 7),
    )
    const one = population.users[0]!
    const details = await get(`/_synapse/admin/v2/users/${one.userId}`)
    expect(details.body).toMatchObject({ name: one.userId, displayname: one.localpart, admin: false, deactivated: false, locked: false })
    const joined = await get(`/_synapse/admin/v1/users/${one.userId}/joined_rooms`)
    expect(joined.body.joined_rooms.sort()).toEqual([population.rooms.public, population.rooms.gallery].sort())
  })

  test('is what the Admin API tells of its rooms', async () => {
    const members: Record<string, number> = { public: 20, private: 4, moderated: 3, gallery: 1, secret: 3 }
    for (const [name, id] of Object.entries(population.rooms)) {
      const details = await get(`/_synapse/admin/v1/rooms/${room(id)}`)
      expect([name, details.status, details.body.joined_local_members]).toEqual([name, 200, members[name]])
      const list = await get(`/_synapse/admin/v1/rooms/${room(id)}/members`)
      expect([name, list.body.total]).toEqual([name, members[name]])
    }
    expect((await get(`/_synapse/admin/v1/rooms/${room(population.rooms.secret)}`)).body.encryption).toBe('m.megolm.v1.aes-sha2')
    expect((await get(`/_synapse/admin/v1/rooms/${room(population.rooms.moderated)}`)).body.version).toBe('12')
    expect((await get(`/_synapse/admin/v1/rooms/${room(population.rooms.gallery)}`)).body.version).toBe('10')
  })

  test('keeps its history, and nobody sees what they may not see', async () => {
    const [alice, bob, carol, , , , kicked, banned] = population.users
    const page = await server.api('GET', `/_matrix/client/v3/rooms/${room(population.rooms.public)}/messages?dir=b&limit=50`, {
      token: alice!.accessToken,
    })
    const messages = page.body.chunk.filter(({ type }: { type: string }) => type === 'm.room.message')
    expect(messages.map(({ content }: { content: { body: string } }) => content.body)).toEqual(
      Array.from({ length: 20 }, (_, n) => `hello from ${19 - n}`),
    )

    const privateMessages = `/_matrix/client/v3/rooms/${room(population.rooms.private)}/messages?dir=b`
    expect((await server.api('GET', privateMessages, { token: alice!.accessToken })).body.errcode).toBe('M_FORBIDDEN')
    const redacted = (await server.api('GET', privateMessages, { token: bob!.accessToken })).body.chunk.find(
      ({ type }: { type: string }) => type === 'm.room.message',
    )
    expect([redacted.content, redacted.unsigned.redacted_because.content.reason]).toEqual([{}, 'slip'])

    const join = (user: TestUser) =>
      server.api('POST', `/_matrix/client/v3/join/${room(population.rooms.moderated)}`, { token: user.accessToken, body: {} })
    expect((await join(banned!)).body.errcode).toBe('M_BAD_STATE')
    expect((await join(kicked!)).status).toBe(200)
    await sdkClient(server, carol!).kick(population.rooms.moderated, kicked!.userId)
  })

  test('gives back the picture byte for byte, and a thumbnail', async () => {
    const [, , origin, id] = population.picture.split('/')
    const media = `/_matrix/client/v1/media`
    const token = population.users[5]!.accessToken
    const whole = await fetch(`${server.url}${media}/download/${origin}/${id}`, { headers: { authorization: `Bearer ${token}` } })
    expect(Buffer.from(await whole.arrayBuffer()).equals(pictureBytes)).toBe(true)
    expect(whole.headers.get('content-type')).toBe('image/png')
    const thumbnail = await fetch(`${server.url}${media}/thumbnail/${origin}/${id}?width=32&height=32&method=crop`, {
      headers: { authorization: `Bearer ${token}` },
    })
    expect([thumbnail.status, thumbnail.headers.get('content-type')?.startsWith('image/')]).toEqual([200, true])
    expect((await server.api('GET', `${media}/download/${origin}/${id}`)).status).toBe(401)
    expect((await get(`/_synapse/admin/v1/room/${room(population.rooms.gallery)}/media`)).body.local).toEqual([population.picture])
  })
})
