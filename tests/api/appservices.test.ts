import { onBothDatabases } from '@glia/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type AppserviceReceiver, startAppserviceReceiver } from '../support/appservice-receiver.ts'
import { registration, registrationSettings } from '../support/appservices.ts'
import { type ApiRequest, startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

const V3 = '/_matrix/client/v3'
const ghost = '@irc_ghost:glia.test'
const enc = encodeURIComponent

onBothDatabases('application services', (dialect) => {
  let receiver: AppserviceReceiver
  let server: TestServer
  let alice: TestUser
  let irc: ReturnType<typeof registration>

  beforeEach(async () => {
    receiver = await startAppserviceReceiver()
  })
  afterEach(async () => {
    await server?.remove()
    await receiver.close()
  })

  async function start(more: Record<string, unknown> = {}) {
    irc = registration('irc', { url: receiver.url, protocols: ['irc'], ...more })
    const deaf = registration('deaf')
    server = await startTestServer({ dialect, config: registrationSettings([irc, deaf]) })
    alice = await server.register('alice')
    await server.api('POST', `${V3}/register`, {
      token: irc.as_token,
      body: { type: 'm.login.application_service', username: 'irc_ghost', inhibit_login: true },
    })
  }
  const byAlice = (method: string, path: string, request: ApiRequest = {}) =>
    server.api(method, V3 + path, { token: alice.accessToken, ...request })
  const byGhost = (method: string, path: string, request: ApiRequest = {}) =>
    server.api(method, `${V3}${path}${path.includes('?') ? '&' : '?'}user_id=${enc(ghost)}`, { token: irc.as_token, ...request })
  const makeRoom = async (body: Record<string, unknown> = {}) =>
    (await byAlice('POST', '/createRoom', { body: { preset: 'public_chat', ...body } })).body.room_id
  const say = async (roomId: string, text: string) =>
    (await byAlice('PUT', `/rooms/${enc(roomId)}/send/m.room.message/${enc(text)}`, { body: { msgtype: 'm.text', body: text } })).body
      .event_id
  const texts = () => receiver.events.filter(({ type }) => type === 'm.room.message').map(({ content }) => content.body)
  const sent = () => receiver.requests.filter(({ path }) => path.includes('/transactions/'))
  const heard = (text: string) => receiver.until(() => texts().includes(text))
  const room = async () => {
    const roomId = await makeRoom()
    await byGhost('POST', `/rooms/${enc(roomId)}/join`, { body: {} })
    return roomId
  }

  test('it is told what happens where its users are, in order, and nothing else', async () => {
    await start()
    const elsewhere = await makeRoom()
    const roomId = await makeRoom()
    await say(elsewhere, 'secret')
    await say(roomId, 'before')
    await byAlice('POST', `/rooms/${enc(roomId)}/invite`, { body: { user_id: ghost } })
    await byGhost('POST', `/rooms/${enc(roomId)}/join`, { body: {} })
    const ids = [await say(roomId, 'one'), await say(roomId, 'two')]
    await say(elsewhere, 'more secrets')
    await byGhost('PUT', `/rooms/${enc(roomId)}/send/m.room.message/1`, { body: { msgtype: 'm.text', body: 'own' } })
    await heard('own')
    await byGhost('POST', `/rooms/${enc(roomId)}/leave`, { body: {} })
    await say(roomId, 'after')
    const again = await room()
    await say(again, 'the end')
    await heard('the end')
    expect(texts()).toEqual(['one', 'two', 'own', 'the end'])
    const [invite, join] = receiver.events
    expect(invite).toMatchObject({
      type: 'm.room.member',
      room_id: roomId,
      state_key: ghost,
      sender: alice.userId,
      content: { membership: 'invite' },
    })
    expect(invite.unsigned.invite_room_state.map(({ type }: { type: string }) => type)).toContain('m.room.join_rules')
    expect(join).toMatchObject({ state_key: ghost, content: { membership: 'join' } })
    expect(receiver.events.filter(({ event_id }) => ids.includes(event_id)).map(({ event_id }) => event_id)).toEqual(ids)
    const paths = sent().map(({ method, path, authorization }) => `${method} ${path} ${authorization}`)
    expect(paths).toEqual(paths.map((_, index) => `PUT /_matrix/app/v1/transactions/${index + 1} Bearer ${irc.hs_token}`))
  })

  test('rooms with an alias or an id of its namespaces are of interest without its users', async () => {
    await start({
      namespaces: { users: [], aliases: [{ regex: '#irc_.*', exclusive: true }], rooms: [{ regex: '!.*', exclusive: false }] },
    })
    // of the rooms, by id
    await say(await makeRoom(), 'by id')
    await heard('by id')
  })

  test('an alias makes a room interesting from then on', async () => {
    await start()
    const roomId = await makeRoom()
    await say(roomId, 'before')
    // aliases have no place in the order of events: this one is made when the event before was looked at
    await say(await room(), 'meanwhile')
    await heard('meanwhile')
    await server.api('PUT', `${V3}/directory/room/${enc('#irc_room:glia.test')}`, { token: irc.as_token, body: { room_id: roomId } })
    await say(roomId, 'after')
    await heard('after')
    expect(texts()).toEqual(['meanwhile', 'after'])
  })

  test('a transaction that is not accepted comes again as it was, and nothing overtakes it', async () => {
    await start()
    const roomId = await room()
    await receiver.until(() => receiver.events.length === 1)
    const before = sent().length
    let refusals = 0
    receiver.onRequest(({ path }) => (path.includes('/transactions/') && refusals++ < 1 ? { status: 500 } : undefined))
    await say(roomId, 'first')
    await receiver.until(() => sent().length > before)
    await say(roomId, 'second')
    await heard('second')
    const [refused, again, next] = sent().slice(before)
    expect(again).toEqual(refused)
    expect(next!.path).not.toBe(refused!.path)
    expect(texts()).toEqual(['first', 'second'])
  })

  test('what happens while it is away waits for it, also over a restart, and comes in transactions of at most a hundred', async () => {
    await start()
    const roomId = await room()
    await receiver.until(() => receiver.events.length === 1)
    await receiver.close()
    const wanted = Array.from({ length: 130 }, (_, index) => `message ${index}`)
    for (const text of wanted) await say(roomId, text)
    // it leaves meanwhile: what it was there for is still told
    await byGhost('POST', `/rooms/${enc(roomId)}/leave`, { body: {} })
    await say(roomId, 'not for it')
    await server.restart()
    await receiver.open()
    const pinged = await server.api('POST', '/_matrix/client/v1/appservice/irc/ping', { token: irc.as_token, body: {} })
    expect(pinged.status).toBe(200)
    await receiver.until(() => receiver.events.length === 1 + 130 + 1)
    expect(texts()).toEqual(wanted)
    expect(Math.max(...sent().map(({ body }) => body.events.length))).toBeLessThanOrEqual(100)
  })

  test('typing, receipts, to-device messages and key counts are sent to who asks for them', async () => {
    await start({ receive_ephemeral: true, 'org.matrix.msc3202': true })
    const roomId = await room()
    const eventId = await say(roomId, 'x')
    await byAlice('PUT', `/rooms/${enc(roomId)}/typing/${enc(alice.userId)}`, { body: { typing: true, timeout: 30_000 } })
    await byAlice('POST', `/rooms/${enc(roomId)}/receipt/m.read/${enc(eventId)}`, { body: {} })
    await byAlice('POST', `/rooms/${enc(roomId)}/receipt/m.read.private/${enc(eventId)}`, { body: {} })
    const elsewhere = await makeRoom()
    const other = await say(elsewhere, 'y')
    await byAlice('POST', `/rooms/${enc(elsewhere)}/receipt/m.read/${enc(other)}`, { body: {} })
    await byGhost('PUT', '/devices/DEV', { body: {} })
    const device_keys = { user_id: ghost, device_id: 'DEV', algorithms: [], keys: {}, signatures: {} }
    const one_time_keys = { 'signed_curve25519:A': { key: 'x', signatures: {} } }
    expect((await byGhost('POST', '/keys/upload?device_id=DEV', { body: { device_keys, one_time_keys } })).status).toBe(200)
    const messages = { [ghost]: { DEV: { hello: 'ghost' } }, [alice.userId]: { '*': { hello: 'alice' } } }
    await byAlice('PUT', '/sendToDevice/org.example/1', { body: { messages } })
    const toDevice = () => sent().flatMap(({ body }) => body['de.sorunome.msc2409.to_device'] ?? [])
    await receiver.until(() => toDevice().length > 0)
    const ephemeral = () => sent().flatMap(({ body }) => body.ephemeral ?? [])
    await receiver.until(() => ephemeral().length >= 2)
    expect(ephemeral()).toContainEqual({ type: 'm.typing', room_id: roomId, content: { user_ids: [alice.userId] } })
    const receipts = ephemeral().filter(({ type }) => type === 'm.receipt')
    expect(receipts).toEqual([
      { type: 'm.receipt', room_id: roomId, content: { [eventId]: { 'm.read': { [alice.userId]: { ts: expect.any(Number) } } } } },
    ])
    expect(sent().flatMap(({ body }) => body['de.sorunome.msc2409.ephemeral'] ?? [])).toEqual(ephemeral())
    expect(toDevice()).toEqual([
      { type: 'org.example', sender: alice.userId, content: { hello: 'ghost' }, to_user_id: ghost, to_device_id: 'DEV' },
    ])
    // given over: the device's own sync has it no more
    expect((await byGhost('GET', '/sync?device_id=DEV')).body.to_device?.events ?? []).toEqual([])
    await receiver.until(() => sent().some(({ body }) => body['org.matrix.msc3202.device_lists']?.changed.includes(ghost)))
    const counted = sent().find(({ body }) => body['org.matrix.msc3202.device_one_time_keys_count'])!.body
    expect(counted['org.matrix.msc3202.device_one_time_keys_count']).toEqual({ [ghost]: { DEV: { signed_curve25519: 1 } } })
    expect(counted['org.matrix.msc3202.device_unused_fallback_key_types']).toEqual({ [ghost]: { DEV: [] } })
  })

  test('nothing ephemeral is sent unasked', async () => {
    await start()
    const roomId = await room()
    const eventId = await say(roomId, 'x')
    await byAlice('PUT', `/rooms/${enc(roomId)}/typing/${enc(alice.userId)}`, { body: { typing: true, timeout: 30_000 } })
    await byAlice('POST', `/rooms/${enc(roomId)}/receipt/m.read/${enc(eventId)}`, { body: {} })
    await say(roomId, 'y')
    await heard('y')
    expect(new Set(sent().flatMap(({ body }) => Object.keys(body)))).toEqual(new Set(['events']))
  })

  test('it is asked for users and rooms that are not there yet', async () => {
    await start()
    const asked = () => receiver.requests.filter(({ path }) => !path.includes('/transactions/')).map(({ path }) => decodeURIComponent(path))
    receiver.onRequest(async ({ path }) => {
      const [, kind, name] = /\/app\/v1\/(users|rooms)\/(.*)$/.exec(decodeURIComponent(path)) ?? []
      if (kind === undefined) return undefined
      if (name!.includes('unknown')) return { status: 404, body: { errcode: 'M_NOT_FOUND' } }
      const localpart = /^.([^:]+)/.exec(name!)![1]
      if (kind === 'users') {
        const body = { type: 'm.login.application_service', username: localpart, inhibit_login: true }
        await server.api('POST', `${V3}/register`, { token: irc.as_token, body })
      } else {
        const body = { room_alias_name: localpart, preset: 'public_chat' }
        await server.api('POST', `${V3}/createRoom`, { token: irc.as_token, body })
      }
      return undefined
    })
    const profile = await byAlice('GET', `/profile/${enc('@irc_new:glia.test')}`)
    expect([profile.status, profile.body.displayname]).toEqual([200, 'irc_new'])
    expect((await byAlice('GET', `/profile/${enc('@irc_unknown:glia.test')}`)).status).toBe(404)
    const roomId = await makeRoom({ invite: ['@irc_one:glia.test'] })
    await byAlice('POST', `/rooms/${enc(roomId)}/invite`, { body: { user_id: '@irc_two:glia.test' } })
    expect((await byAlice('POST', `/join/${enc('#irc_room:glia.test')}`, { body: {} })).status).toBe(200)
    expect((await byAlice('GET', `/directory/room/${enc('#irc_other:glia.test')}`)).status).toBe(200)
    const nowhere = await byAlice('POST', `/join/${enc('#irc_unknown:glia.test')}`, { body: {} })
    expect([nowhere.status, nowhere.body.errcode]).toEqual([404, 'M_NOT_FOUND'])
    expect((await byAlice('POST', `/join/${enc('#elsewhere:glia.test')}`, { body: {} })).status).toBe(404)
    expect(asked()).toEqual([
      '/_matrix/app/v1/users/@irc_new:glia.test',
      '/_matrix/app/v1/users/@irc_unknown:glia.test',
      '/_matrix/app/v1/users/@irc_one:glia.test',
      '/_matrix/app/v1/users/@irc_two:glia.test',
      '/_matrix/app/v1/rooms/#irc_room:glia.test',
      '/_matrix/app/v1/rooms/#irc_other:glia.test',
      '/_matrix/app/v1/rooms/#irc_unknown:glia.test',
    ])
    await receiver.close()
    expect((await byAlice('GET', `/profile/${enc('@irc_away:glia.test')}`)).status).toBe(404)
  })

  test('a ping says how long it took, or what went wrong', async () => {
    await start()
    const ping = (id: string, token: string) =>
      server.api('POST', `/_matrix/client/v1/appservice/${id}/ping`, { token, body: { transaction_id: 'mine' } })
    const brief = async (answer: ReturnType<typeof ping>) => [(await answer).status, (await answer).body.errcode]
    expect((await ping('irc', irc.as_token)).body).toEqual({ duration_ms: expect.any(Number) })
    expect(receiver.requests.at(-1)).toMatchObject({ method: 'POST', path: '/_matrix/app/v1/ping', body: { transaction_id: 'mine' } })
    receiver.onRequest(() => ({ status: 401, body: { errcode: 'NO' } }))
    const refused = await ping('irc', irc.as_token)
    expect([refused.status, refused.body]).toEqual([
      502,
      { errcode: 'M_BAD_STATUS', error: 'Ping returned status 401', status: 401, body: '{"errcode":"NO"}' },
    ])
    await receiver.close()
    expect(await brief(ping('irc', irc.as_token))).toEqual([502, 'M_CONNECTION_FAILED'])
    expect(await brief(ping('deaf', 'as_token_of_deaf'))).toEqual([400, 'M_URL_NOT_SET'])
    expect(await brief(ping('deaf', irc.as_token))).toEqual([403, 'M_FORBIDDEN'])
    expect(await brief(ping('irc', alice.accessToken))).toEqual([403, 'M_FORBIDDEN'])
    await receiver.open()
  })

  test('clients look things up on other networks', async () => {
    await start()
    const description = { user_fields: ['nick'], location_fields: ['channel'], icon: 'mxc://x/y', field_types: {} }
    const instance = { desc: 'Libera', network_id: 'libera', fields: {} }
    receiver.onRequest(({ path }) => {
      if (path.includes('/thirdparty/protocol/irc')) return { status: 200, body: { ...description, instances: [instance] } }
      if (path.includes('/thirdparty/user'))
        return { status: 200, body: [{ userid: ghost, protocol: 'irc', fields: { path } }, { odd: 1 }] }
      return path.includes('/thirdparty/location') ? { status: 200, body: 'nonsense' } : undefined
    })
    const described = { ...description, instances: [{ ...instance, instance_id: 'irc|libera' }] }
    expect((await byAlice('GET', '/thirdparty/protocols')).body).toEqual({ irc: described })
    expect((await byAlice('GET', '/thirdparty/protocol/irc')).body).toEqual(described)
    expect((await byAlice('GET', '/thirdparty/protocol/xmpp')).status).toBe(404)
    const found = await server.api('GET', `${V3}/thirdparty/user/irc?nick=x&access_token=${alice.accessToken}`)
    expect(found.body).toEqual([{ userid: ghost, protocol: 'irc', fields: { path: '/_matrix/app/v1/thirdparty/user/irc?nick=x' } }])
    expect((await byAlice('GET', `/thirdparty/user?userid=${enc(ghost)}`)).body).toHaveLength(1)
    expect((await byAlice('GET', '/thirdparty/location/irc?channel=x')).body).toEqual([])
    expect((await byAlice('GET', '/thirdparty/location?alias=x')).body).toEqual([])
    expect((await byAlice('GET', '/thirdparty/user/xmpp?nick=x')).body).toEqual([])
  })

  test('rooms are listed by network', async () => {
    await start()
    const [own, listed] = [await makeRoom({ visibility: 'public' }), await makeRoom()]
    const put = (token: string, roomId: string, visibility: string) =>
      server.api('PUT', `${V3}/directory/list/appservice/libera/${enc(roomId)}`, { token, body: { visibility } })
    const list = async (body: Record<string, unknown>) =>
      (await byAlice('POST', '/publicRooms', { body })).body.chunk.map(({ room_id }: { room_id: string }) => room_id).sort()
    expect((await put(irc.as_token, listed, 'public')).status).toBe(200)
    expect((await put(irc.as_token, listed, 'public')).status).toBe(200)
    expect((await put(alice.accessToken, own, 'public')).status).toBe(403)
    expect((await put(irc.as_token, '!nothing:glia.test', 'public')).status).toBe(400)
    expect(await list({})).toEqual([own])
    expect(await list({ third_party_instance_id: 'irc|libera' })).toEqual([listed])
    expect(await list({ third_party_instance_id: 'irc|other' })).toEqual([])
    expect(await list({ include_all_networks: true })).toEqual([own, listed].sort())
    expect((await byAlice('POST', '/publicRooms', { body: { third_party_instance_id: 'x' } })).status).toBe(400)
    await put(irc.as_token, listed, 'private')
    expect(await list({ third_party_instance_id: 'irc|libera' })).toEqual([])
  })
})
