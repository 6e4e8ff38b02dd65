import { FakeClock, onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AuthAdminCall, authAdminCall, expectPages, expectRefusals, idsOf, UNKNOWN_ULID } from '../support/auth-admin-lists.ts'
import { grantedToken } from '../support/granted-token.ts'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

const API = 'urn:matrix:client:api:*'
const ADMIN = 'urn:synapse:admin:*'
const LIST = '/personal-sessions'
const PATH = `/api/admin/v1${LIST}`

onBothDatabases('personal access tokens of the MAS Admin API', (dialect) => {
  const clock = new FakeClock()
  let server: TestServer
  let root: TestUser
  let bot: TestUser
  let call: AuthAdminCall
  let rootId: string
  let botId: string

  const now = (laterMs = 0) => new Date(clock.nowMs() + laterMs).toISOString()
  const whoami = (token: string) => server.api('GET', '/_matrix/client/v3/account/whoami', { token })
  const asAdmin = async (token: string) => (await server.api('GET', '/_synapse/admin/v2/users', { token })).status
  const idOf = async (name: string): Promise<string> => (await call('GET', `/users/by-username/${name}`)).body.data.id
  const list = async (query: string) => idsOf(await call('GET', `${LIST}?page[first]=1000&${query}`))
  const make = async (scope: string, more: Record<string, unknown> = {}, by: AuthAdminCall = call) => {
    clock.advance(1000)
    const answer = await by('POST', LIST, { actor_user_id: botId, human_name: 'For the bot', scope, ...more })
    expect(answer.status).toBe(201)
    return { id: answer.body.data.id as string, token: answer.body.data.attributes.access_token as string, answer }
  }

  beforeAll(async () => {
    server = await startTestServer({ dialect, clock })
    root = await server.register('root', { admin: true })
    bot = await server.register('bot')
    call = authAdminCall(server, await grantedToken(server, root, `${API} urn:mas:admin`))
    // the token of the grant ends after five minutes, this one lasts
    rootId = await idOf('root')
    botId = rootId
    call = authAdminCall(server, (await make('urn:mas:admin')).token)
    botId = await idOf('bot')
  })
  afterAll(() => server.remove())

  test('a token is shown once, acts as its user and has no device', async () => {
    const { id, token, answer } = await make(`openid ${API}`, { expires_in: 60 })
    const attributes = {
      created_at: now(),
      revoked_at: null,
      owner_user_id: rootId,
      owner_client_id: null,
      actor_user_id: botId,
      human_name: 'For the bot',
      scope: `openid ${API}`,
      last_active_at: null,
      last_active_ip: null,
      expires_at: now(60_000),
    }
    const links = { self: `${PATH}/${id}` }
    expect(token).toMatch(/^mpt_[0-9A-Za-z]{30}_[0-9A-Za-z]{6}$/)
    expect(answer.body).toEqual({
      data: { type: 'personal-session', id, attributes: { ...attributes, access_token: token }, links },
      links,
    })
    expect((await call('GET', `${LIST}/${id}`)).body.data.attributes).toEqual(attributes)
    expect((await whoami(token)).body).toEqual({ user_id: bot.userId, is_guest: false })
    expect(await asAdmin(token)).toBe(403)
    clock.advance(60_000)
    expect(await whoami(token)).toMatchObject({ status: 401, body: { soft_logout: true } })
  })

  test('a token with a device has it made, and ends with it', async () => {
    const { id, token } = await make(`${API} urn:matrix:client:device:BOTDEVICE1`)
    expect((await whoami(token)).body.device_id).toBe('BOTDEVICE1')
    const devices = async () =>
      (await server.api('GET', `/_synapse/admin/v2/users/${bot.userId}/devices`, { token: root.accessToken })).body.devices
    expect(await devices()).toContainEqual(expect.objectContaining({ device_id: 'BOTDEVICE1', display_name: 'For the bot' }))
    const revoked = await call('POST', `${LIST}/${id}/revoke`)
    expect(revoked.body.data.attributes).toMatchObject({ revoked_at: now(), expires_at: null })
    expect(revoked.body.links).toEqual({ self: `${PATH}/${id}` })
    expect((await whoami(token)).status).toBe(401)
    expect(await devices()).toHaveLength(1)
    await expectRefusals(call, 409, ['POST', `${LIST}/${id}/revoke`])
    await expectRefusals(call, 422, ['POST', `${LIST}/${id}/regenerate`, {}])
  })

  test('admin scopes are for admins only, and as long as they are', async () => {
    const scope = `${API} ${ADMIN} urn:mas:admin`
    for (const tooMuch of [scope, 'urn:glia:admin:read_only']) {
      await expectRefusals(call, 403, ['POST', LIST, { actor_user_id: botId, human_name: 'x', scope: tooMuch }])
    }
    await call('POST', `/users/${botId}/set-admin`, { admin: true })
    const { token } = await make(scope)
    expect(await asAdmin(token)).toBe(200)
    expect((await authAdminCall(server, token)('GET', '/version')).status).toBe(200)
    await call('POST', `/users/${botId}/set-admin`, { admin: false })
    expect(await asAdmin(token)).toBe(403)
    expect((await authAdminCall(server, token)('GET', '/version')).status).toBe(401)
    const plain = await make(API)
    expect((await authAdminCall(server, plain.token)('GET', '/version')).status).toBe(401)
  })

  test('a token rests while its owner or its user is locked, and while its owner is no admin', async () => {
    const second = await server.register('second', { admin: true })
    const by = authAdminCall(server, await grantedToken(server, second, 'urn:mas:admin'))
    const secondId = await idOf('second')
    const { token, id } = await make(API, {}, by)
    expect((await call('GET', `${LIST}/${id}`)).body.data.attributes).toMatchObject({ owner_user_id: secondId, actor_user_id: botId })
    const works = async () => (await whoami(token)).status === 200
    const turn = (user: string, action: string, body?: unknown) => call('POST', `/users/${user}/${action}`, body)
    for (const [user, off, on] of [
      [secondId, ['lock'], ['unlock']],
      [secondId, ['set-admin', { admin: false }], ['set-admin', { admin: true }]],
      [botId, ['lock'], ['unlock']],
    ] as const) {
      await turn(user, ...(off as [string]))
      expect([off, await works()]).toEqual([off, false])
      await turn(user, ...(on as [string]))
      expect([on, await works()]).toEqual([on, true])
    }
    await turn(secondId, 'deactivate')
    expect(await works()).toBe(false)
    expect((await call('GET', `${LIST}/${id}`)).body.data.attributes.revoked_at).toBe(now())
  })

  test('a locked user may still be acted as here, a deactivated one nowhere', async () => {
    await server.register('third', { admin: true })
    const thirdId = await idOf('third')
    await call('POST', `/users/${thirdId}/lock`)
    const { token } = await make('urn:mas:admin', { actor_user_id: thirdId })
    expect((await authAdminCall(server, token)('GET', '/version')).status).toBe(200)
    await call('POST', `/users/${thirdId}/deactivate`, { skip_erase: true })
    expect((await authAdminCall(server, token)('GET', '/version')).status).toBe(401)
    await expectRefusals(call, 410, ['POST', LIST, { actor_user_id: thirdId, human_name: 'x', scope: API }])
  })

  test('the owner gets a new token in place of the old one', async () => {
    const { id, token } = await make(API, { expires_in: 0 })
    expect((await whoami(token)).status).toBe(401)
    const again = await call('POST', `${LIST}/${id}/regenerate`, { expires_in: 3600 })
    const renewed = again.body.data.attributes.access_token
    expect(again).toMatchObject({
      status: 201,
      body: { data: { id, attributes: { expires_at: now(3_600_000) } }, links: { self: `${PATH}/${id}` } },
    })
    expect((await whoami(renewed)).status).toBe(200)
    const forever = await call('POST', `${LIST}/${id}/regenerate`, {})
    expect(forever.body.data.attributes.expires_at).toBeNull()
    expect((await whoami(renewed)).status).toBe(401)
    expect((await whoami(forever.body.data.attributes.access_token)).status).toBe(200)
    await server.register('fourth', { admin: true })
    const other = authAdminCall(server, (await make('urn:mas:admin', { actor_user_id: await idOf('fourth') })).token)
    await expectRefusals(other, 403, ['POST', `${LIST}/${id}/regenerate`, {}])
  })

  test('lists by owner, user, scope and end', async () => {
    const lasting = await make(API)
    const ending = await make(`${API} openid`, { expires_in: 100 })
    const all = await list('')
    await expectPages(call, LIST, all)
    await expectPages(call, `${LIST}?filter[actor_user]=${botId}`, await list(`filter[actor_user]=${botId}`))
    const has = async (query: string) => {
      const found = await list(query)
      return [lasting, ending].map(({ id }) => found.includes(id))
    }
    expect(await has(`filter[owner_user]=${rootId}`)).toEqual([true, true])
    expect(await has(`filter[owner_user]=${botId}`)).toEqual([false, false])
    expect(await has(`filter[actor_user]=${rootId}`)).toEqual([false, false])
    expect(await has(`filter[scope]=${API}&filter[scope]=openid`)).toEqual([false, true])
    expect(await has('filter[status]=active')).toEqual([true, true])
    expect(await has('filter[status]=revoked')).toEqual([false, false])
    expect(await has('filter[expires]=true')).toEqual([false, true])
    expect(await has('filter[expires]=false')).toEqual([true, false])
    expect(await has(`filter[expires_before]=${encodeURIComponent(now(100_001))}`)).toEqual([false, true])
    expect(await has(`filter[expires_after]=${encodeURIComponent(now(100_000))}`)).toEqual([false, false])
    await call('POST', `${LIST}/${ending.id}/revoke`)
    expect(await has('filter[status]=revoked')).toEqual([false, true])
    expect(await has('filter[expires]=true')).toEqual([false, false])
    const revoked = await list('filter[status]=revoked')
    const active = await list('filter[status]=active')
    expect([...revoked, ...active].sort()).toEqual(all)
  })

  test('refuses what it cannot read or find', async () => {
    const body = { actor_user_id: botId, human_name: 'x', scope: API }
    await expectRefusals(
      call,
      400,
      ['GET', `${LIST}/x`],
      ['POST', `${LIST}/x/revoke`],
      ['POST', `${LIST}/x/regenerate`, {}],
      ['POST', LIST, { ...body, scope: 'a"b' }],
      ['POST', LIST, { ...body, scope: `${API} urn:matrix:client:device:AAAAAAAAAA urn:matrix:client:device:BBBBBBBBBB` }],
      ['POST', LIST, { ...body, human_name: '\0' }],
      ['GET', `${LIST}?filter[owner_user]=x`],
      ['GET', `${LIST}?filter[expires_before]=x`],
      ['GET', `${LIST}?filter[expires]=1`],
      ['GET', `${LIST}?filter[status]=finished`],
      ['GET', `${LIST}?filter[scope]=a%20b`],
    )
    await expectRefusals(
      call,
      404,
      ['GET', `${LIST}/${UNKNOWN_ULID}`],
      ['POST', `${LIST}/${UNKNOWN_ULID}/revoke`],
      ['POST', `${LIST}/${UNKNOWN_ULID}/regenerate`, {}],
      ['POST', LIST, { ...body, actor_user_id: UNKNOWN_ULID }],
      ['GET', `${LIST}?filter[owner_user]=${UNKNOWN_ULID}`],
      ['GET', `${LIST}?filter[owner_client]=${UNKNOWN_ULID}`],
      ['GET', `${LIST}?filter[actor_user]=${UNKNOWN_ULID}`],
    )
    await expectRefusals(
      call,
      422,
      ['POST', LIST, {}],
      ['POST', LIST, { ...body, actor_user_id: 'x' }],
      ['POST', LIST, { ...body, expires_in: -1 }],
      ['POST', LIST, { ...body, expires_in: 1.5 }],
    )
  })
})
