import { contract, isEndpoint } from '@glia/contract'
import { expect, test } from 'vitest'
import { authEndpointCommands, endpointCommands, kebab } from './command-names.ts'

const nameOf = (id: string) => {
  const command = endpointCommands().find(({ endpoint }) => endpoint.id === id)
  return command && `${command.group} ${command.name}`
}

test.each([
  ['admin.rooms.members', 'rooms list-members'],
  ['admin.users.get_v2', 'users get'],
  ['admin.users.list_v3', 'users list'],
  ['admin.users.list_v2', 'users list-v2'],
  ['admin.rooms.delete_v2', 'rooms delete'],
  ['admin.rooms.delete_v1', 'rooms delete-v1'],
  ['admin.devices.delete', 'devices delete'],
  ['admin.devices.delete_many', 'devices delete-devices'],
  ['admin.registration_tokens.new', 'registration-tokens create'],
  ['admin.users.suspend', 'users suspend'],
  ['admin.users.whois', 'users whois'],
  ['glia.users.list', 'users find'],
  ['glia.reports.list', 'reports list'],
  ['glia.room_actions.kick', 'rooms kick-member'],
  ['glia.audit_log.list', 'audit list-log'],
])('%s is glia %s', (id, name) => {
  expect(nameOf(id)).toBe(name)
})

test('every endpoint of the Admin API has a command, except those that are not for people', () => {
  const resources = [...Object.values(contract.admin), ...Object.values(contract.glia)]
  const ids = resources.flatMap((resource) => Object.values(resource).filter(isEndpoint))
  const left = ids.map(({ id }) => id).filter((id) => nameOf(id) === undefined)
  expect(left.toSorted()).toEqual([
    'admin.register.create',
    'admin.register.nonce',
    'glia.api_description.get_openapi',
    'glia.health.get',
    'glia.stream.open',
  ])
})

test.each([
  ['auth_admin.users.get_by_username', 'users get-by-username'],
  ['auth_admin.oauth2_sessions.list', 'oauth2-sessions list'],
  ['auth_admin.upstream_oauth_links.add', 'upstream-oauth-links add'],
  ['auth_admin.user_registration_tokens.revoke', 'user-registration-tokens revoke'],
])('%s is glia auth %s', (id, expected) => {
  const command = authEndpointCommands().find(({ endpoint }) => endpoint.id === id)!
  expect(`${command.group} ${command.name}`).toBe(expected)
})

test.each([endpointCommands, authEndpointCommands])('no two have the same name', (commands) => {
  const names = commands().map(({ group, name }) => `${group} ${name}`)
  expect(new Set(names).size).toBe(names.length)
})

test.each([
  ['listUsersV2', 'list-users-v2'],
  ['order_by', 'order-by'],
  ['registrationTokens', 'registration-tokens'],
])('%s becomes %s', (name, expected) => {
  expect(kebab(name)).toBe(expected)
})
