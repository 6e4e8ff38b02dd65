import type { Scenario } from '../stage.ts'

export const resetPassword: Scenario = {
  area: 'reset-password',
  async run({ register, userId, api, note }) {
    const root = await register('root', { admin: true })
    const ann = await register('ann')
    const reset = (id: string, body: unknown) => root.admin('POST', `/v1/reset_password/${encodeURIComponent(id)}`, body)
    const logIn = (password: string) =>
      api('POST', '/_matrix/client/v3/login', {
        body: { type: 'm.login.password', identifier: { type: 'm.id.user', user: ann.localpart }, password },
      })

    note('keep sessions', await reset(ann.userId, { new_password: 'second secret', logout_devices: false }))
    note('kept session', await ann.client('GET', '/account/whoami'))
    note('old password', await logIn(ann.password))
    note('new password', await logIn('second secret'))
    note('end sessions', await reset(ann.userId, { new_password: 'third secret' }))
    note('ended session', await ann.client('GET', '/account/whoami'))
    note('one’s own', await reset(root.userId, { new_password: 'other secret' }))
    note('one’s own: session', await root.client('GET', '/account/whoami'))
    note('missing', await reset(ann.userId, {}))
    note('number', await reset(ann.userId, { new_password: 5 }))
    note('null', await reset(ann.userId, { new_password: null }))
    note('empty', await reset(ann.userId, { new_password: '' }))
    note('too long', await reset(ann.userId, { new_password: 'x'.repeat(513) }))
    note('logout_devices: text', await reset(ann.userId, { new_password: 'x secret', logout_devices: 'no' }))
    note('unknown', await reset(userId('nobody'), { new_password: 'x secret' }))
    note('of another server', await reset('@x:other.example', { new_password: 'x secret' }))
    note('malformed id', await reset('x', { new_password: 'x secret' }))
    note('not an admin', await (await register('ben')).admin('POST', `/v1/reset_password/${root.userId}`, { new_password: 'x secret' }))
    await root.admin('POST', `/v1/deactivate/${ann.userId}`, {})
    note('deactivated', await reset(ann.userId, { new_password: 'fourth secret' }))
    note('deactivated: log in', await logIn('fourth secret'))
  },
}
