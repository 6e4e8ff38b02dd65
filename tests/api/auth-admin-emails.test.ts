import { FakeClock, onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AuthAdminCall, expectPages, expectRefusals, idsOf, startAuthAdminScene, UNKNOWN_ULID } from '../support/auth-admin-lists.ts'
import type { TestServer, TestUser } from '../support/start-server.ts'

const LIST = '/user-emails'
const PATH = `/api/admin/v1${LIST}`

onBothDatabases('e-mail addresses of the MAS Admin API', (dialect) => {
  const clock = new FakeClock()
  let server: TestServer
  let root: TestUser
  let alice: TestUser
  let call: AuthAdminCall
  let rootId: string
  let aliceId: string

  beforeAll(async () => {
    ;({ server, root, alice, call, rootId, aliceId } = await startAuthAdminScene({ dialect, clock }))
  })
  afterAll(() => server.remove())

  const synapse = (method: string, body?: unknown) =>
    server.api(method, `/_synapse/admin/v2/users/${alice.userId}`, { token: root.accessToken, ...(body === undefined ? {} : { body }) })
  const addresses = async () => (await synapse('GET')).body.threepids.map(({ address }: { address: string }) => address)

  test('adds an address, which Synapse’s Admin API has too, and takes it away', async () => {
    clock.advance(1000)
    const made = await call('POST', LIST, { user_id: aliceId, email: 'Alice@Example.org' })
    const { id } = made.body.data
    const links = { self: `${PATH}/${id}` }
    const attributes = { created_at: new Date(clock.nowMs()).toISOString(), user_id: aliceId, email: 'alice@example.org' }
    expect(made.status).toBe(201)
    expect(made.body).toEqual({ data: { type: 'user-email', id, attributes, links }, links })
    expect(id).toMatch(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/)
    expect((await call('GET', `${LIST}/${id}`)).body).toEqual(made.body)
    expect(await addresses()).toEqual(['alice@example.org'])
    await expectRefusals(
      call,
      409,
      ['POST', LIST, { user_id: aliceId, email: 'alice@example.org' }],
      ['POST', LIST, { user_id: rootId, email: 'ALICE@example.org' }],
    )
    const deleted = await call('DELETE', `${LIST}/${id}`)
    expect([deleted.status, deleted.body]).toEqual([204, ''])
    expect(await addresses()).toEqual([])
    await expectRefusals(call, 404, ['DELETE', `${LIST}/${id}`], ['GET', `${LIST}/${id}`])
  })

  test('lists what was added by any way', async () => {
    const ids: string[] = []
    for (const email of ['b@x.example', 'a@x.example', 'c@x.example']) {
      clock.advance(1000)
      ids.push((await call('POST', LIST, { user_id: rootId, email })).body.data.id)
    }
    clock.advance(1000)
    const threepids = [
      { medium: 'email', address: 'alice@example.org' },
      { medium: 'msisdn', address: '4915112345' },
    ]
    expect((await synapse('PUT', { threepids })).status).toBe(200)
    const [fromSynapse] = idsOf(await call('GET', `${LIST}?filter[user]=${aliceId}`))
    await expectPages(call, LIST, [...ids, fromSynapse!])
    await expectPages(call, `${LIST}?filter[user]=${rootId}`, ids)
    expect(idsOf(await call('GET', `${LIST}?filter[email]=A@x.example`))).toEqual([ids[1]])
    expect(idsOf(await call('GET', `${LIST}?filter[email]=x.example`))).toEqual([])
    await call('POST', `/users/${aliceId}/deactivate`, { skip_erase: true })
    expect(idsOf(await call('GET', `${LIST}?filter[user]=${aliceId}`))).toEqual([])
  })

  test('refuses what it cannot read or find', async () => {
    const body = { user_id: rootId, email: 'd@x.example' }
    await expectRefusals(
      call,
      400,
      ['POST', LIST, { ...body, email: 'nobody' }],
      ['POST', LIST, { ...body, email: 'a\0@x.example' }],
      ['GET', `${LIST}/x`],
      ['DELETE', `${LIST}/x`],
      ['GET', `${LIST}?filter[user]=x`],
    )
    await expectRefusals(
      call,
      404,
      ['POST', LIST, { ...body, user_id: UNKNOWN_ULID }],
      ['GET', `${LIST}/${UNKNOWN_ULID}`],
      ['DELETE', `${LIST}/${UNKNOWN_ULID}`],
      ['GET', `${LIST}?filter[user]=${UNKNOWN_ULID}`],
    )
    await expectRefusals(call, 422, ['POST', LIST, {}], ['POST', LIST, { ...body, user_id: 'x' }], ['POST', LIST, { ...body, email: 1 }])
  })
})
