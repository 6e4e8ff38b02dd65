import { FakeClock, onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AuthAdminCall, authAdminCall, expectPages, expectRefusals, idsOf, UNKNOWN_ULID } from '../support/auth-admin-lists.ts'
import { grantedToken } from '../support/granted-token.ts'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

const PATH = '/api/admin/v1/users'

onBothDatabases('users of the MAS Admin API', (dialect) => {
  const clock = new FakeClock()
  let server: TestServer
  let root: TestUser
  let alice: TestUser
  let call: AuthAdminCall
  const ids: Record<string, string> = {}

  const now = () => new Date(clock.nowMs()).toISOString()
  const idOf = async (name: string): Promise<string> => (await call('GET', `/users/by-username/${name}`)).body.data.id
  const whoami = (user: TestUser) => server.api('GET', '/_matrix/client/v3/account/whoami', { token: user.accessToken })
  const signIn = (user: string, password: string) =>
    server.api('POST', '/_matrix/client/v3/login', {
      body: { type: 'm.login.password', identifier: { type: 'm.id.user', user }, password },
    })
  const synapseUser = async (name: string) =>
    (await server.api('GET', `/_synapse/admin/v2/users/@${name}:${server.serverName}`, { token: root.accessToken })).body

  beforeAll(async () => {
    server = await startTestServer({ dialect, clock, config: { allow_guest_access: true } })
    root = await server.register('root', { admin: true })
    clock.advance(1000)
    alice = await server.register('alice')
    call = authAdminCall(server, await grantedToken(server, root, 'urn:mas:admin'))
    ids.root = await idOf('root')
    ids.alice = await idOf('alice')
  })
  afterAll(() => server.remove())

  test('makes an account that the homeserver has, too', async () => {
    clock.advance(1000)
    const made = await call('POST', '/users', { username: 'bob', displayname: 'Bob', avatar_url: 'mxc://x/y' })
    const { id } = made.body.data
    const data = {
      type: 'user',
      id: expect.stringMatching(/^[0-9A-Z]{26}$/),
      attributes: { username: 'bob', created_at: now(), locked_at: null, deactivated_at: null, admin: false, legacy_guest: false },
      links: { self: `${PATH}/${id}` },
    }
    expect(made).toMatchObject({ status: 201 })
    expect(made.body).toEqual({ data, links: { self: `${PATH}/${id}` } })
    expect((await call('GET', `/users/${id}`)).body).toEqual(made.body)
    const named = await call('GET', '/users/by-username/BOB')
    expect(named.body).toEqual({ data, links: { self: `${PATH}/by-username/BOB` } })
    expect(await synapseUser('bob')).toMatchObject({ displayname: 'Bob', avatar_url: 'mxc://x/y', admin: false })
    ids.bob = id
  })

  test('refuses names that are taken, reserved or none', async () => {
    const make = (body: unknown) => ['POST', '/users', body] as [string, string, unknown]
    await expectRefusals(call, 409, make({ username: 'bob' }), make({ username: 'ALICE' }), make({ username: '12345' }))
    await expectRefusals(
      call,
      400,
      make({ username: '' }),
      make({ username: '_x' }),
      make({ username: 'a b' }),
      make({ username: 'Carol' }),
      make({ username: 'x\0' }),
      make({ username: 'x'.repeat(250) }),
      make({ username: 'carol', displayname: 'x'.repeat(257) }),
      make({ username: 'carol', avatar_url: '\0' }),
    )
    await expectRefusals(call, 422, make({}), make({ username: 1 }), make({ username: 'carol', skip_homeserver_check: 'x' }))
    expect((await call('GET', '/users/by-username/carol')).status).toBe(404)
    const forced = await call('POST', '/users', { username: '12345', skip_homeserver_check: true })
    expect(forced.status).toBe(201)
    ids.number = forced.body.data.id
  })

  test('sets a password; sessions stay', async () => {
    expect((await call('POST', `/users/${ids.alice}/set-password`, { password: '' })).status).toBe(400)
    const set = await call('POST', `/users/${ids.alice}/set-password`, { password: 'another', skip_password_check: true })
    expect([set.status, set.body]).toEqual([204, ''])
    expect((await signIn('alice', 'another')).status).toBe(200)
    expect((await signIn('alice', alice.password)).status).toBe(403)
    expect((await whoami(alice)).status).toBe(200)
  })

  test('makes admins and takes it back', async () => {
    const made = await call('POST', `/users/${ids.alice}/set-admin`, { admin: true })
    expect(made.body).toMatchObject({ data: { attributes: { admin: true } }, links: { self: `${PATH}/${ids.alice}/set-admin` } })
    expect((await synapseUser('alice')).admin).toBe(true)
    expect(idsOf(await call('GET', '/users?filter[admin]=true'))).toEqual([ids.root, ids.alice])
    await call('POST', `/users/${ids.alice}/set-admin`, { admin: false })
    expect((await synapseUser('alice')).admin).toBe(false)
    expect(idsOf(await call('GET', '/users?filter[admin]=true'))).toEqual([ids.root])
  })

  test('locks and unlocks: sessions rest meanwhile', async () => {
    const at = now()
    const locked = await call('POST', `/users/${ids.alice}/lock`)
    expect(locked.body).toMatchObject({ data: { attributes: { locked_at: at } }, links: { self: `${PATH}/${ids.alice}/lock` } })
    clock.advance(1000)
    expect((await call('POST', `/users/${ids.alice}/lock`)).body.data.attributes.locked_at).toBe(at)
    expect(await whoami(alice)).toMatchObject({ status: 401, body: { errcode: 'M_USER_LOCKED' } })
    expect((await synapseUser('alice')).locked).toBe(true)
    expect(idsOf(await call('GET', '/users?filter[status]=locked'))).toEqual([ids.alice])
    expect(idsOf(await call('GET', '/users?filter[status]=active'))).not.toContain(ids.alice)
    expect((await call('POST', `/users/${ids.alice}/unlock`)).body.data.attributes.locked_at).toBeNull()
    expect((await call('POST', `/users/${ids.alice}/unlock`)).status).toBe(200)
    expect((await whoami(alice)).status).toBe(200)
  })

  test('says since when somebody is locked by other ways, too', async () => {
    await server.api('PUT', `/_synapse/admin/v2/users/@bob:${server.serverName}`, { token: root.accessToken, body: { locked: true } })
    expect((await call('GET', `/users/${ids.bob}`)).body.data.attributes.locked_at).toBe(now())
    await call('POST', `/users/${ids.bob}/unlock`)
  })

  test('deactivates and reactivates', async () => {
    const at = now()
    const gone = await call('POST', `/users/${ids.alice}/deactivate`)
    expect(gone.body).toMatchObject({
      data: { attributes: { deactivated_at: at, locked_at: null } },
      links: { self: `${PATH}/${ids.alice}/deactivate` },
    })
    expect((await whoami(alice)).status).toBe(401)
    expect(await synapseUser('alice')).toMatchObject({ deactivated: true, erased: true })
    expect(idsOf(await call('GET', '/users?filter[status]=deactivated'))).toEqual([ids.alice])
    const kept = await call('POST', `/users/${ids.bob}/deactivate`, { skip_erase: true })
    expect(kept.status).toBe(200)
    expect(await synapseUser('bob')).toMatchObject({ deactivated: true, erased: false })
    await call('POST', `/users/${ids.bob}/lock`)
    const back = await call('POST', `/users/${ids.bob}/reactivate`)
    expect(back.body).toMatchObject({
      data: { attributes: { deactivated_at: null, locked_at: expect.any(String) } },
      links: { self: `${PATH}/${ids.bob}/reactivate` },
    })
    await call('POST', `/users/${ids.bob}/unlock`)
    await call('POST', `/users/${ids.bob}/set-password`, { password: 'bob is back' })
    expect((await signIn('bob', 'bob is back')).status).toBe(200)
  })

  test('lists by what accounts are and do', async () => {
    const guest = await server.api('POST', '/_matrix/client/v3/register?kind=guest', { body: {} })
    expect(guest.status).toBe(200)
    const guests = await call('GET', '/users?filter[legacy-guest]=true')
    expect(guests.body.data).toMatchObject([{ attributes: { legacy_guest: true } }])
    const guestId = idsOf(guests)[0]!
    const all = [ids.root!, ids.alice!, ids.bob!, ids.number!, guestId].sort()
    await expectPages(call, '/users', all)
    await expectPages(
      call,
      '/users?filter[legacy-guest]=false',
      all.filter((id) => id !== guestId),
    )
    expect(idsOf(await call('GET', '/users?filter[search]=LIC'))).toEqual([ids.alice])
    expect(idsOf(await call('GET', '/users?filter[search]=%25'))).toEqual([])
    const clients = (await call('GET', '/users?filter[has-active-oauth2-session]=true')).body
    expect(idsOf({ body: clients } as never)).toEqual([ids.root])
    expect(idsOf(await call('GET', '/users?filter[has-active-compat-session]=true&filter[admin]=false'))).toEqual(
      [ids.bob!, guestId].sort(),
    )
    expect(idsOf(await call('GET', '/users?filter[has-active-compat-session]=false'))).toEqual([ids.alice!, ids.number!].sort())
    const linked = await call('GET', '/users?filter[status]=active&filter[search]=o&page[first]=1&count=true')
    expect(linked.body.links.next).toBe(`${PATH}?filter[search]=o&filter[status]=active&count=true&page[after]=${ids.root}&page[first]=1`)
  })

  test('refuses what it cannot read or find', async () => {
    const actions = ['set-password', 'set-admin', 'deactivate', 'reactivate', 'lock', 'unlock'] as const
    const bodies = { 'set-password': { password: 'x' }, 'set-admin': { admin: true } } as Record<string, unknown>
    const on = (id: string) => actions.map((action) => ['POST', `/users/${id}/${action}`, bodies[action]] as [string, string, unknown])
    await expectRefusals(call, 400, ['GET', '/users/x'], ...on('x'))
    await expectRefusals(call, 404, ['GET', `/users/${UNKNOWN_ULID}`], ['GET', '/users/by-username/nobody'], ...on(UNKNOWN_ULID))
    await expectRefusals(call, 404, ['GET', `/users?filter[active-oauth2-client]=${UNKNOWN_ULID}`])
    await expectRefusals(
      call,
      400,
      ['GET', '/users?filter[status]=x'],
      ['GET', '/users?filter[admin]=1'],
      ['GET', '/users?filter[active-oauth2-client]=x'],
    )
    await expectRefusals(
      call,
      422,
      ['POST', `/users/${ids.alice}/set-password`, {}],
      ['POST', `/users/${ids.alice}/set-admin`, { admin: 'yes' }],
      ['POST', `/users/${ids.alice}/deactivate`, { skip_erase: 1 }],
    )
  })
})
