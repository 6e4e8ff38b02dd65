import { FakeClock, onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { grantedToken } from '../support/granted-token.ts'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

const PATH = '/api/admin/v1/user-registration-tokens'
const UNKNOWN = '01ARZ3NDEKTSV4RRFFQ69G5FAV'

onBothDatabases('registration tokens of the MAS Admin API', (dialect) => {
  const clock = new FakeClock()
  let server: TestServer
  let root: TestUser
  let token: string

  beforeAll(async () => {
    server = await startTestServer({ dialect, clock })
    root = await server.register('root', { admin: true })
    token = await grantedToken(server, root, 'urn:mas:admin')
  })
  afterAll(() => server.remove())

  const call = (method: string, path = '', body?: unknown) =>
    server.api(method, PATH + path, { token, ...(body === undefined ? {} : { body }) })
  const names = (answer: { body: { data: { attributes: { token: string } }[] } }) =>
    answer.body.data.map(({ attributes }) => attributes.token)
  const ids: string[] = []

  test('makes tokens, seen by the Admin API of Synapse too', async () => {
    const drawn = await call('POST', '', {})
    const id = drawn.body.data.id
    expect(drawn.status).toBe(201)
    expect(drawn.body).toEqual({
      data: {
        type: 'user-registration_token',
        id: expect.stringMatching(/^[0-9A-Z]{26}$/),
        attributes: {
          token: expect.stringMatching(/^[A-Za-z0-9]{12}$/),
          valid: true,
          usage_limit: null,
          times_used: 0,
          created_at: new Date(clock.nowMs()).toISOString(),
          last_used_at: null,
          expires_at: null,
          revoked_at: null,
        },
        links: { self: `${PATH}/${id}` },
      },
      links: { self: `${PATH}/${id}` },
    })
    expect((await call('GET', `/${id}`)).body).toEqual(drawn.body)
    ids.push(id)
    const chosen = ['b', 'c', 'd', 'e']
    for (const name of chosen) {
      clock.advance(1000)
      ids.push((await call('POST', '', { token: name, usage_limit: 1 })).body.data.id)
    }
    const { body } = await server.api('GET', '/_synapse/admin/v1/registration_tokens', { token: root.accessToken })
    expect(body.registration_tokens).toHaveLength(5)
    expect((await call('POST', '', { token: 'b' })).status).toBe(409)
  })

  test('pages forwards and backwards', async () => {
    const first = await call('GET', '?page[first]=2')
    expect(first.body.meta).toEqual({ count: 5 })
    expect(first.body.data.map((item: { meta: unknown }) => item.meta)).toEqual(ids.slice(0, 2).map((cursor) => ({ page: { cursor } })))
    expect(first.body.links).toEqual({
      self: `${PATH}?page[first]=2`,
      first: `${PATH}?page[first]=2`,
      last: `${PATH}?page[last]=2`,
      next: `${PATH}?page[after]=${ids[1]}&page[first]=2`,
    })
    expect(names(await call('GET', `?page[after]=${ids[1]}&page[first]=2`))).toEqual(['c', 'd'])
    const end = await call('GET', `?page[after]=${ids[3]}&page[first]=2`)
    expect(names(end)).toEqual(['e'])
    expect(end.body.links).not.toHaveProperty('next')
    const last = await call('GET', '?page[last]=2&count=false')
    expect(names(last)).toEqual(['d', 'e'])
    expect(last.body).not.toHaveProperty('meta')
    expect(last.body.links.prev).toBe(`${PATH}?count=false&page[before]=${ids[3]}&page[last]=2`)
    expect((await call('GET', '?count=only')).body).toEqual({ meta: { count: 5 }, links: { self: `${PATH}?count=only` } })
  })

  test('revokes and unrevokes, once each, and filters by it', async () => {
    const revoked = await call('POST', `/${ids[1]}/revoke`)
    expect(revoked.body.links.self).toBe(`${PATH}/${ids[1]}/revoke`)
    expect(revoked.body.data.attributes).toMatchObject({ valid: false, revoked_at: new Date(clock.nowMs()).toISOString() })
    expect((await call('POST', `/${ids[1]}/revoke`)).status).toBe(400)
    expect(names(await call('GET', '?filter[revoked]=true'))).toEqual(['b'])
    expect(names(await call('GET', '?filter[valid]=false'))).toEqual(['b'])
    expect((await call('GET', '?filter[revoked]=false&count=only')).body.meta).toEqual({ count: 4 })
    const again = await call('POST', `/${ids[1]}/unrevoke`)
    expect(again.body.data.attributes).toMatchObject({ valid: true, revoked_at: null })
    expect((await call('POST', `/${ids[1]}/unrevoke`)).status).toBe(400)
  })

  test('changes what is named, removes what is null', async () => {
    const expires = new Date(clock.nowMs() + 5000).toISOString()
    const set = await call('PUT', `/${ids[2]}`, { expires_at: expires })
    expect(set.body.data.attributes).toMatchObject({ expires_at: expires, usage_limit: 1 })
    clock.advance(5000)
    expect(names(await call('GET', '?filter[expired]=true'))).toEqual(['c'])
    expect(names(await call('GET', '?filter[expired]=false'))).not.toContain('c')
    const removed = await call('PUT', `/${ids[2]}`, { expires_at: null, usage_limit: null })
    expect(removed.body.data.attributes).toMatchObject({ expires_at: null, usage_limit: null, valid: true })
    expect((await call('GET', '?filter[used]=true')).body.data).toEqual([])
    expect((await call('GET', '?filter[used]=false')).body.data).toHaveLength(5)
  })

  test('refuses what it cannot read or find', async () => {
    const statuses = async (...calls: ReturnType<typeof call>[]) => (await Promise.all(calls)).map(({ status }) => status)
    expect(
      await statuses(
        call('GET', '/nothing'),
        call('PUT', '/nothing', {}),
        call('POST', '/nothing/revoke'),
        call('POST', '/nothing/unrevoke'),
      ),
    ).toEqual([400, 400, 400, 400])
    expect(
      await statuses(
        call('GET', `/${UNKNOWN}`),
        call('PUT', `/${UNKNOWN}`, {}),
        call('POST', `/${UNKNOWN}/revoke`),
        call('POST', `/${UNKNOWN}/unrevoke`),
      ),
    ).toEqual([404, 404, 404, 404])
    expect(
      await statuses(
        call('GET', '?page[first]=0'),
        call('GET', '?page[first]=1&page[last]=1'),
        call('GET', '?page[after]=x'),
        call('GET', '?filter[used]=x'),
        call('GET', '?count=x'),
      ),
    ).toEqual([400, 400, 400, 400, 400])
    expect(await statuses(call('POST', '', { usage_limit: -1 }), call('PUT', `/${ids[0]}`, { expires_at: 'soon' }))).toEqual([422, 422])
    const typed = (raw: string, type: string) => server.api('POST', PATH, { token, raw, headers: { 'content-type': type } })
    expect((await typed('{', 'application/json')).status).toBe(400)
    expect((await typed('{}', 'text/plain')).status).toBe(415)
    expect((await call('GET', '?count=only')).body.meta.count).toBe(5)
  })
})
