import type { UserId } from '@glia/protocol'
import { describe, expect, test } from 'vitest'
import { createAuthorizationPolicy, deviceIdOf, type PolicyUser, parseScope, withTwins } from './index.ts'

const api = 'urn:matrix:org.matrix.msc2967.client:api:*'
const stableApi = 'urn:matrix:client:api:*'
const device = (id: string) => `urn:matrix:org.matrix.msc2967.client:device:${id}`
const client = { id: 'CLIENT', clientName: 'Element' }
const alice = { userId: '@alice:example.com' as UserId, isAdmin: false, adminRole: undefined }
const root = { userId: '@root:example.com' as UserId, isAdmin: true, adminRole: undefined }
const helper = { userId: '@helper:example.com' as UserId, isAdmin: false, adminRole: 'support' as const }
const listed = { userId: '@listed:example.com' as UserId, isAdmin: false, adminRole: undefined }

const policy = createAuthorizationPolicy({ adminUsers: ['listed'], adminClients: ['ADMINCLIENT'] })
const reasons = (user: PolicyUser | undefined, scope: string, id = 'CLIENT') =>
  policy({ user, client: { ...client, id }, scopes: parseScope(scope) }).map(({ reason }) => reason)

describe('the policy', () => {
  test.each([
    ['a user and the API', alice, api, []],
    ['a user and the stable API', alice, `openid email ${stableApi} urn:matrix:client:device:ABCDEFGHIJ`, []],
    ['no scope at all', alice, '', []],
    ['a user who is no admin', alice, `${api} urn:synapse:admin:*`, ['not-admin']],
    ['both admin scopes: one complaint', alice, `${api} urn:synapse:admin:* urn:mas:admin`, ['not-admin']],
    ['an admin', root, `${api} urn:synapse:admin:* urn:mas:admin`, []],
    ['a user on the list', listed, `${api} urn:synapse:admin:* urn:mas:admin`, []],
    ['a helper and the own role', helper, `${api} urn:glia:admin:support`, []],
    ['a helper who only reads', helper, `${api} urn:glia:admin:read_only`, []],
    ['a helper and another role', helper, `${api} urn:glia:admin:moderator`, ['not-admin']],
    ['a helper who wants to be an admin', helper, `${api} urn:synapse:admin:*`, ['not-admin']],
    ['an admin who wants less', root, `${api} urn:glia:admin:moderator`, []],
    ['a user without a role', alice, `${api} urn:glia:admin:read_only`, ['not-admin']],
    ['a client that wants a role', undefined, 'urn:glia:admin:read_only', ['needs-user']],
    ['an unknown scope', root, 'profile', ['unknown-scope']],
    ['two devices', alice, `${api} ${device('ABCDEFGHIJ')} ${device('KLMNOPQRST')}`, ['several-devices']],
    ['mixed families', alice, `${api} ${stableApi}`, ['mixed-families']],
    ['a device without the API', alice, device('ABCDEFGHIJ'), ['needs-api']],
    ['a short device id', alice, `${api} ${device('ABCDEFGHI')}`, ['bad-device-id']],
    ['a device id with a blank character', alice, `${api} ${device('ABCDEFGHI{')}`, ['bad-device-id']],
    ['a client for itself', undefined, '', []],
    ['a client that wants to be a user', undefined, api, ['needs-user']],
    ['a client that wants a device', undefined, device('ABCDEFGHIJ'), ['needs-user', 'needs-api']],
    ['a client that is not on the list', undefined, 'urn:mas:admin', ['not-admin']],
  ])('on %s', (_, user, scope, expected) => {
    expect(reasons(user, scope)).toEqual(expected)
  })

  test('a client on the list may administer accounts, not the homeserver', () => {
    expect(reasons(undefined, 'urn:mas:admin', 'ADMINCLIENT')).toEqual([])
    expect(reasons(undefined, 'urn:synapse:admin:*', 'ADMINCLIENT')).toEqual(['not-admin'])
    expect(reasons(alice, 'urn:mas:admin', 'ADMINCLIENT')).toEqual(['not-admin'])
  })

  test('says in words what to do', () => {
    const [violation] = policy({ user: alice, client, scopes: [api, 'urn:synapse:admin:*'] })
    expect(violation!.message).toBe(
      'Your account is not an administrator, so Element cannot get urn:synapse:admin:*. Ask an administrator of this server to make your account one, or use another account.',
    )
  })
})

describe('scopes', () => {
  test('are a sorted set', () => {
    expect(parseScope(' b  a b ')).toEqual(['a', 'b'])
    expect(parseScope(undefined)).toEqual([])
    expect(() => parseScope('a"b')).toThrow('not allowed')
  })

  test('have twins, stable and unstable', () => {
    expect(withTwins([api, 'urn:matrix:client:device:X', 'openid']).sort()).toEqual(
      [api, stableApi, 'urn:matrix:client:device:X', device('X'), 'openid'].sort(),
    )
  })

  test('name the device', () => {
    expect(deviceIdOf([api, device('A:B')])).toBe('A:B')
    expect(deviceIdOf([api])).toBeUndefined()
  })
})
