import type { Scenario } from '../stage.ts'

export const loginAs: Scenario = {
  area: 'login-as',
  async run({ register, userId, api, note, name }) {
    const root = await register('root', { admin: true })
    const ann = await register('ann')
    const loginAs = (id: string, body: unknown) => root.admin('POST', `/v1/users/${encodeURIComponent(id)}/login`, body)

    const puppet = await loginAs(ann.userId, {})
    note('token', puppet)
    const token: string = puppet.body.access_token
    name('<puppet token>', token)
    note('whoami', await api('GET', '/_matrix/client/v3/account/whoami', { token }))
    note(
      'no device',
      await api('GET', '/_matrix/client/v3/devices', { token }).then((answer) => ({ ...answer, body: answer.body.devices.length })),
    )
    note('no admin', await api('GET', '/_synapse/admin/v2/users', { token }))
    await ann.client('POST', '/logout/all')
    note('survives the user’s logging out', await api('GET', '/_matrix/client/v3/account/whoami', { token }))
    note('log out', await api('POST', '/_matrix/client/v3/logout', { token }))
    note('ended', await api('GET', '/_matrix/client/v3/account/whoami', { token }))

    const short = await loginAs(ann.userId, { valid_until_ms: Date.now() + 1 })
    note('for a moment', short)
    await new Promise((resolve) => setTimeout(resolve, 5))
    note('expired', await api('GET', '/_matrix/client/v3/account/whoami', { token: short.body.access_token }))

    note('without body', await root.admin('POST', `/v1/users/${ann.userId}/login`))
    note('valid_until_ms: text', await loginAs(ann.userId, { valid_until_ms: 'x' }))
    note('valid_until_ms: null', await loginAs(ann.userId, { valid_until_ms: null }))
    note('oneself', await loginAs(root.userId, {}))
    note('unknown', await loginAs(userId('nobody'), {}))
    note('of another server', await loginAs('@x:other.example', {}))
    note('malformed id', await loginAs('x', {}))
    note('not an admin', await (await register('ben')).admin('POST', `/v1/users/${ann.userId}/login`, {}))

    const owned = (await loginAs(ann.userId, {})).body.access_token
    name('<owned token>', owned)
    await root.client('POST', '/logout/all')
    note('ends with the admin’s sessions', await api('GET', '/_matrix/client/v3/account/whoami', { token: owned }))
  },
}
