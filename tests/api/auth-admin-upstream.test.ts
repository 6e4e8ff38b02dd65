import { FakeClock, onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AuthAdminCall, expectPages, expectRefusals, idsOf, startAuthAdminScene, UNKNOWN_ULID } from '../support/auth-admin-lists.ts'
import { onServerDatabase } from '../support/server-database.ts'
import type { TestServer } from '../support/start-server.ts'

const V1 = '/api/admin/v1'
const LINKS = '/upstream-oauth-links'
const PROVIDERS = '/upstream-oauth-providers'
const GITHUB = '01HZZZZZZZZZZZZZZZZZZZZZZ1'
const OLD = '01HZZZZZZZZZZZZZZZZZZZZZZ2'
const LOOSE = '01HZZZZZZZZZZZZZZZZZZZZZZ3'

onBothDatabases('upstream providers and links of the MAS Admin API', (dialect) => {
  const clock = new FakeClock()
  let server: TestServer
  let call: AuthAdminCall
  let rootId: string
  let aliceId: string

  beforeAll(async () => {
    ;({ server, call, rootId, aliceId } = await startAuthAdminScene({ dialect, clock }))
    await onServerDatabase(server, async ({ db }) => {
      const provider = { issuer: 'https://id.example/', human_name: 'Example', registration_token_required: 0, created_at_ms: 1000 }
      await db
        .insertInto('auth_upstream_providers')
        .values([
          { ...provider, id: GITHUB, brand_name: 'github', disabled_at_ms: null },
          { ...provider, id: OLD, brand_name: null, disabled_at_ms: 2000 },
        ])
        .execute()
      await db
        .insertInto('auth_upstream_links')
        .values({ id: LOOSE, provider_id: GITHUB, subject: 'loose', user_id: null, human_account_name: 'Somebody', created_at_ms: 0 })
        .execute()
    })
  })
  afterAll(() => server.remove())

  test('shows providers', async () => {
    expect((await call('GET', `${PROVIDERS}/${OLD}`)).body).toEqual({
      data: {
        type: 'upstream-oauth-provider',
        id: OLD,
        attributes: {
          issuer: 'https://id.example/',
          human_name: 'Example',
          brand_name: null,
          created_at: '1970-01-01T00:00:01.000Z',
          disabled_at: '1970-01-01T00:00:02.000Z',
          registration_token_required: false,
        },
        links: { self: `${V1}${PROVIDERS}/${OLD}` },
      },
      links: { self: `${V1}${PROVIDERS}/${OLD}` },
    })
    await expectPages(call, PROVIDERS, [GITHUB, OLD])
    await expectPages(call, `${PROVIDERS}?filter[enabled]=true`, [GITHUB])
    await expectPages(call, `${PROVIDERS}?filter[enabled]=false`, [OLD])
  })

  test('links people, each once, and takes over links without an account', async () => {
    clock.advance(1000)
    const body = { user_id: aliceId, provider_id: GITHUB, subject: 'alice', human_account_name: 'Alice A.' }
    const made = await call('POST', LINKS, body)
    const { id } = made.body.data
    const self = `${V1}${LINKS}/${id}`
    expect(made.status).toBe(201)
    expect(made.body).toEqual({
      data: {
        type: 'upstream-oauth-link',
        id,
        attributes: { ...body, created_at: new Date(clock.nowMs()).toISOString() },
        links: { self },
      },
      links: { self },
    })
    expect((await call('GET', `${LINKS}/${id}`)).body).toEqual(made.body)
    await expectRefusals(call, 409, ['POST', LINKS, body], ['POST', LINKS, { ...body, user_id: rootId }])
    expect((await call('GET', `${LINKS}/${LOOSE}`)).body.data.attributes).toMatchObject({ user_id: null, subject: 'loose' })
    const taken = await call('POST', LINKS, { user_id: rootId, provider_id: GITHUB, subject: 'loose' })
    expect(taken).toMatchObject({
      status: 200,
      body: { data: { id: LOOSE, attributes: { user_id: rootId, human_account_name: 'Somebody' } } },
    })
    const elsewhere = (await call('POST', LINKS, { user_id: aliceId, provider_id: OLD, subject: 'alice' })).body.data.id
    await expectPages(call, LINKS, [id, elsewhere, LOOSE].sort())
    const list = async (query: string) => idsOf(await call('GET', `${LINKS}?${query}`))
    expect(await list(`filter[user]=${aliceId}`)).toEqual([id, elsewhere].sort())
    expect(await list(`filter[provider]=${OLD}`)).toEqual([elsewhere])
    expect(await list('filter[subject]=loose')).toEqual([LOOSE])
    expect(await list('filter[subject]=loos')).toEqual([])
    expect(await list('filter[human-account-name]=ALICE')).toEqual([id])
    const deleted = await call('DELETE', `${LINKS}/${id}`)
    expect([deleted.status, deleted.body]).toEqual([204, ''])
    await expectRefusals(call, 404, ['DELETE', `${LINKS}/${id}`], ['GET', `${LINKS}/${id}`])
  })

  test('refuses what it cannot read or find', async () => {
    const body = { user_id: aliceId, provider_id: GITHUB, subject: 'x' }
    await expectRefusals(
      call,
      404,
      ['GET', `${PROVIDERS}/${UNKNOWN_ULID}`],
      ['GET', `${LINKS}/${UNKNOWN_ULID}`],
      ['POST', LINKS, { ...body, user_id: UNKNOWN_ULID }],
      ['POST', LINKS, { ...body, provider_id: UNKNOWN_ULID }],
      ['GET', `${LINKS}?filter[user]=${UNKNOWN_ULID}`],
      ['GET', `${LINKS}?filter[provider]=${UNKNOWN_ULID}`],
    )
    await expectRefusals(
      call,
      400,
      ['GET', `${PROVIDERS}/x`],
      ['GET', `${PROVIDERS}?filter[enabled]=x`],
      ['GET', `${LINKS}/x`],
      ['DELETE', `${LINKS}/x`],
      ['GET', `${LINKS}?filter[provider]=x`],
      ['POST', LINKS, { ...body, subject: '\0' }],
    )
    await expectRefusals(
      call,
      422,
      ['POST', LINKS, {}],
      ['POST', LINKS, { ...body, user_id: 'x' }],
      ['POST', LINKS, { ...body, subject: 1 }],
    )
  })
})
