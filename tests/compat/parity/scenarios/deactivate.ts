import type { Scenario } from '../stage.ts'

export const deactivate: Scenario = {
  area: 'deactivate',
  async run({ register, userId, api, note, name, until }) {
    const root = await register('root', { admin: true })
    const ann = await register('ann')
    const ben = await register('ben')
    const deactivate = (id: string, body?: unknown) => root.admin('POST', `/v1/deactivate/${encodeURIComponent(id)}`, body)
    const room = (await root.client('POST', '/createRoom', { preset: 'public_chat', name: 'Hall' })).body.room_id
    name('!hall', room)
    for (const user of [ann, ben]) await user.client('POST', `/join/${encodeURIComponent(room)}`, {})
    await ann.client('PUT', `/profile/${ann.userId}/displayname`, { displayname: 'Ann' })
    await root.admin('PUT', `/v2/users/${ann.userId}`, { threepids: [{ medium: 'email', address: `${ann.localpart}@a.example` }] })

    note('erase: text', await deactivate(ann.userId, { erase: 'yes' }))
    note('erase: null', await deactivate(ann.userId, { erase: null }))
    note('unknown', await deactivate(userId('nobody'), {}))
    note('of another server', await deactivate('@x:other.example', {}))
    note('malformed id', await deactivate('x', {}))
    note('not an admin', await ben.admin('POST', `/v1/deactivate/${ann.userId}`, {}))
    note('body: list', await deactivate(ann.userId, []))

    note('done', await deactivate(ann.userId))
    note('token', await ann.client('GET', '/account/whoami'))
    note('log in', await logInAs(ann))
    note('details', await root.admin('GET', `/v2/users/${ann.userId}`))
    note('profile', await root.client('GET', `/profile/${ann.userId}`))
    note('devices', await root.admin('GET', `/v2/users/${ann.userId}/devices`))
    note(
      'leaves its rooms',
      await until(
        () => root.admin('GET', `/v1/users/${ann.userId}/memberships`),
        ({ body }) => Object.values(body.memberships).every((membership) => membership === 'leave'),
      ),
    )
    note('again', await deactivate(ann.userId, {}))
    note('login as', await root.admin('POST', `/v1/users/${ann.userId}/login`, {}))
    note('name taken', await api('GET', `/_matrix/client/v3/register/available?username=${ann.localpart}`))

    await ben.client('PUT', `/profile/${ben.userId}/displayname`, { displayname: 'Ben' })
    note('erase', await deactivate(ben.userId, { erase: true }))
    note('erased: details', await root.admin('GET', `/v2/users/${ben.userId}`))
    note('erased: profile', await root.client('GET', `/profile/${ben.userId}`))
    note('erased: reactivated', await root.admin('PUT', `/v2/users/${ben.userId}`, { deactivated: false, password: 'new secret' }))

    const cy = await register('cy')
    note('oneself: without password', await cy.client('POST', '/account/deactivate', {}))
    note('oneself: wrong password', await cy.client('POST', '/account/deactivate', { auth: passwordOf(cy, 'wrong') }))
    note('oneself', await cy.client('POST', '/account/deactivate', { auth: passwordOf(cy, cy.password), erase: true }))
    note('oneself: token', await cy.client('GET', '/account/whoami'))

    function logInAs({ localpart, password }: { localpart: string; password: string }) {
      return api('POST', '/_matrix/client/v3/login', {
        body: { type: 'm.login.password', identifier: { type: 'm.id.user', user: localpart }, password },
      })
    }
  },
}

function passwordOf({ localpart }: { localpart: string }, password: string) {
  return { type: 'm.login.password', identifier: { type: 'm.id.user', user: localpart }, password }
}
