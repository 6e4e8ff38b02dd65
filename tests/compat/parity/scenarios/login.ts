import type { Answer, Scenario } from '../stage.ts'

export const login: Scenario = {
  area: 'login',
  async run({ register, localpart, serverName, api, note, name }) {
    const root = await register('root', { admin: true })
    const ann = await register('ann')
    const post = (body: unknown) => api('POST', '/_matrix/client/v3/login', { body })
    const withPassword = (identifier: unknown, more: Readonly<Record<string, unknown>> = {}) =>
      post({ type: 'm.login.password', identifier, password: ann.password, ...more })
    const byUser = (user: unknown) => ({ type: 'm.id.user', user })

    const flows = await api('GET', '/_matrix/client/v3/login')
    note('flows', flows, passwordFlow(flows))
    note('by localpart', await withPassword(byUser(ann.localpart)))
    note('by user id', await withPassword(byUser(ann.userId)))
    note('in upper case', await withPassword(byUser(ann.localpart.toUpperCase())))
    note('by the old field', await withPassword(undefined, { user: ann.localpart }))
    note('on a device', await withPassword(byUser(ann.localpart), { device_id: 'PHONE', initial_device_display_name: 'Phone' }))
    note('on the same device', await withPassword(byUser(ann.localpart), { device_id: 'PHONE', initial_device_display_name: 'Other' }))
    const refreshable = await withPassword(byUser(ann.localpart), { refresh_token: true })
    note('with refresh token', refreshable)
    note('wrong password', await withPassword(byUser(ann.localpart), { password: 'wrong' }))
    note('unknown user', await withPassword(byUser(localpart('nobody'))))
    note('user of another server', await withPassword(byUser('@x:other.example')))
    note('empty user', await withPassword(byUser('')))
    note('malformed user', await withPassword(byUser(`@:${serverName}`)))
    note('number as user', await withPassword(byUser(5)))
    note('without user', await withPassword({ type: 'm.id.user' }))
    note('without identifier', await withPassword(undefined))
    note('identifier as text', await withPassword('x'))
    note('identifier without type', await withPassword({ user: ann.localpart }))
    note('identifier of unknown type', await withPassword({ type: 'x' }))
    note('by unknown address', await withPassword({ type: 'm.id.thirdparty', medium: 'email', address: 'x@y.example' }))
    note('by address without medium', await withPassword({ type: 'm.id.thirdparty', address: 'x@y.example' }))
    note('by phone', await withPassword({ type: 'm.id.phone', country: 'DE', phone: '01701234567' }))
    await root.admin('PUT', `/v2/users/${ann.userId}`, { threepids: [{ medium: 'email', address: `${ann.localpart}@a.example` }] })
    note('by address', await withPassword({ type: 'm.id.thirdparty', medium: 'email', address: `${ann.localpart}@a.example` }))
    note(
      'by address in upper case',
      await withPassword({ type: 'm.id.thirdparty', medium: 'email', address: `${ann.localpart}@A.example` }),
    )
    note('without password', await post({ type: 'm.login.password', identifier: byUser(ann.localpart) }))
    note('number as password', await withPassword(byUser(ann.localpart), { password: 5 }))
    note('without type', await post({ identifier: byUser(ann.localpart), password: ann.password }))
    note('unknown type', await withPassword(byUser(ann.localpart), { type: 'm.login.none' }))
    note('login token: unknown', await post({ type: 'm.login.token', token: 'none' }))
    note('application service', await post({ type: 'm.login.application_service', identifier: byUser(ann.localpart) }))
    note('body: no JSON', await api('POST', '/_matrix/client/v3/login', { raw: '{' }))
    note('body: list', await post([]))
    note('device id: number', await withPassword(byUser(ann.localpart), { device_id: 5 }))
    note('device id: too long', await withPassword(byUser(ann.localpart), { device_id: 'x'.repeat(600) }))

    const refresh = (body: unknown) => api('POST', '/_matrix/client/v3/refresh', { body })
    const first: string = refreshable.body.refresh_token
    name('<first refresh token>', first)
    name('<first access token>', refreshable.body.access_token)
    const refreshed = await refresh({ refresh_token: first })
    note('refresh', refreshed)
    note(
      'refresh: again, before the new token was used',
      await refresh({ refresh_token: first }).then((answer) => ({ ...answer, body: Object.keys(answer.body).sort() })),
    )
    note('refresh: old token still works', await whoami(refreshable.body.access_token))
    note('refresh: new token', await whoami(refreshed.body.access_token))
    note('refresh: old token ended by the new one', await whoami(refreshable.body.access_token))
    note('refresh: used', await refresh({ refresh_token: first }))
    note('refresh: unknown', await refresh({ refresh_token: 'none' }))
    note('refresh: missing', await refresh({}))
    note('refresh: number', await refresh({ refresh_token: 5 }))

    const session = await withPassword(byUser(ann.localpart))
    name('<session>', session.body.access_token)
    const token: string = session.body.access_token
    note('log out', await api('POST', '/_matrix/client/v3/logout', { token }))
    note('log out: again', await api('POST', '/_matrix/client/v3/logout', { token }))
    note('log out: without token', await api('POST', '/_matrix/client/v3/logout'))
    note('log out everywhere', await ann.client('POST', '/logout/all', {}))
    note('log out everywhere: token', await ann.client('GET', '/account/whoami'))

    function whoami(accessToken: string) {
      return api('GET', '/_matrix/client/v3/account/whoami', { token: accessToken })
    }
  },
}

/** Which others there are is a matter of configuration. */
function passwordFlow({ body }: Answer) {
  return body.flows.filter(({ type }: { type: string }) => type === 'm.login.password')
}
