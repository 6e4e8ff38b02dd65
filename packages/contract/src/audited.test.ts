import { expect, test } from 'vitest'
import { auditTarget, isAudited, withoutSecretFields } from './audited.ts'
import { allEndpoints } from './contract.ts'

const endpoints = new Map(allEndpoints().map((endpoint) => [endpoint.id, endpoint]))
/** Fields that sound like secrets and are none: registration tokens are named by their text, the others are flags. */
const HARMLESS = new Set([
  'admin.registration_tokens.new token',
  'auth_admin.user_registration_tokens.add token',
  'admin.register.create refresh_token',
])

test('fields of audited bodies that sound like secrets are marked as such', () => {
  const suspicious = [...endpoints.values()].filter(isAudited).flatMap(({ id, body }) => {
    if (body.kind !== 'json') return []
    const fields: Record<string, { writeOnly?: boolean }> = body.schema.properties
    return Object.keys(fields)
      .filter((name) => /password|secret|token|mac|nonce/.test(name) && !/^(skip_|logout_)/.test(name) && !fields[name]!.writeOnly)
      .map((name) => `${id} ${name}`)
  })
  expect(suspicious.filter((name) => !HARMLESS.has(name))).toEqual([])
})

test.each([
  ['admin.users.suspend', { target_user_id: '@bob:here' }, { kind: 'user', id: '@bob:here' }],
  ['admin.devices.delete', { user_id: '@bob:here', device_id: 'PHONE' }, { kind: 'user', id: '@bob:here' }],
  ['admin.rooms.make_room_admin', { room_identifier: '#room:here' }, { kind: 'room', id: '#room:here' }],
  ['admin.media.delete', { server_name: 'here', media_id: 'abc' }, { kind: 'media', id: 'here/abc' }],
  ['admin.rooms.context', { room_id: '!room:here', event_id: '$event' }, { kind: 'room', id: '!room:here' }],
  ['admin.registration_tokens.delete', { token: 'welcome' }, { kind: 'registration_token', id: 'welcome' }],
  ['auth_admin.user_registration_tokens.revoke', { id: '01ULID' }, { kind: 'user-registration-tokens', id: '01ULID' }],
  ['admin.media.purge_cache', {}, undefined],
])('%s acts on what its path names', (id, params, target) => {
  expect(auditTarget(endpoints.get(id)!, params as Record<string, string>)).toEqual(target)
})

test('only fields that the contract names are kept, and no secrets', () => {
  const body = { password: 'hunter2', admin: true, surprise: 'hunter2' }
  expect(withoutSecretFields(endpoints.get('admin.users.put_v2')!, body)).toEqual({ admin: true })
})

test.each([
  ['admin.users.put_v2', true],
  ['admin.users.get_v2', false],
  ['admin.rooms.messages', true],
  ['admin.register.create', true],
  ['auth_admin.user_registration_tokens.add', true],
  ['client.rooms.create', false],
])('%s is audited: %s', (id, expected) => {
  expect(isAudited(endpoints.get(id) ?? endpoints.get('client.system.get_versions')!)).toBe(expected)
})
