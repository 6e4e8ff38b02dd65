import type { Scenario } from '../stage.ts'

/** Locked, suspended, shadow-banned: what admins set, and what the user is told. */
export const accountStates: Scenario = {
  area: 'account-states',
  async run({ register, userId, api, note, name }) {
    const root = await register('root', { admin: true })
    const ann = await register('ann')
    const room = (await ann.client('POST', '/createRoom', { preset: 'public_chat' })).body.room_id
    name('!room', room)
    const other = (await root.client('POST', '/createRoom', { preset: 'public_chat' })).body.room_id
    name('!other', other)
    const inRoom = `/rooms/${encodeURIComponent(room)}`
    await root.client('POST', `/join/${encodeURIComponent(room)}`, {})

    const suspend = (id: string, body: unknown) => root.admin('PUT', `/v1/suspend/${encodeURIComponent(id)}`, body)
    note('suspend', await suspend(ann.userId, { suspend: true }))
    note('suspended: details', await root.admin('GET', `/v2/users/${ann.userId}`).then(withoutLastSeen))
    note('suspended: whoami', await ann.client('GET', '/account/whoami'))
    note('suspended: join', await ann.client('POST', `/join/${encodeURIComponent(other)}`, {}))
    note('suspended: knock', await ann.client('POST', `/knock/${encodeURIComponent(other)}`, {}))
    note('suspended: invite', await ann.client('POST', `${inRoom}/invite`, { user_id: root.userId }))
    note('suspended: send', await ann.client('PUT', `${inRoom}/send/m.room.message/1`, { msgtype: 'm.text', body: 'x' }))
    note('suspended: state', await ann.client('PUT', `${inRoom}/state/m.room.topic`, { topic: 'x' }))
    note('suspended: kick', await ann.client('POST', `${inRoom}/kick`, { user_id: root.userId }))
    note('suspended: create room', await ann.client('POST', '/createRoom', { preset: 'private_chat' }))
    note('suspended: display name', await ann.client('PUT', `/profile/${ann.userId}/displayname`, { displayname: 'x' }))
    note('suspended: read', await ann.client('GET', '/joined_rooms'))
    note('suspended: admin join', await root.admin('POST', `/v1/join/${encodeURIComponent(other)}`, { user_id: ann.userId }))
    note('suspended: leave', await ann.client('POST', `${inRoom}/leave`, {}))
    note('suspend: no more', await suspend(ann.userId, { suspend: false }))
    note('suspend: no more: join', await ann.client('POST', `/join/${encodeURIComponent(other)}`, {}))
    note('suspend: missing', await suspend(ann.userId, {}))
    note('suspend: unknown', await suspend(userId('nobody'), { suspend: true }))
    note('suspend: of another server', await suspend('@x:other.example', { suspend: true }))
    note('suspend: malformed id', await suspend('x', { suspend: true }))
    const odd = await suspend(ann.userId, { suspend: 'yes' })
    // the text is the library's
    note('suspend: text', odd, { errcode: odd.body.errcode })

    const lock = (locked: boolean) => root.admin('PUT', `/v2/users/${ann.userId}`, { locked })
    await lock(true)
    note('locked: whoami', await ann.client('GET', '/account/whoami'))
    note('locked: sync', await ann.client('GET', '/sync'))
    note('locked: admin api', await ann.admin('GET', '/v2/users'))
    note(
      'locked: log in',
      await api('POST', '/_matrix/client/v3/login', {
        body: { type: 'm.login.password', identifier: { type: 'm.id.user', user: ann.localpart }, password: ann.password },
      }),
    )
    note('locked: versions', await ann.client('GET', '/_matrix/client/versions').then((answer) => ({ ...answer, body: null })))
    await lock(false)
    note('unlocked: whoami', await ann.client('GET', '/account/whoami'))
    await lock(true)
    note('locked: log out', await ann.client('POST', '/logout'))

    const ban = (method: string, id: string) => root.admin(method, `/v1/users/${encodeURIComponent(id)}/shadow_ban`)
    note('shadow-ban', await ban('POST', root.userId))
    note('shadow-ban: no more', await ban('DELETE', root.userId))
    note('shadow-ban: unknown', await ban('POST', userId('nobody')))
    note('shadow-ban: no more: unknown', await ban('DELETE', userId('nobody')))
    note('shadow-ban: of another server', await ban('POST', '@x:other.example'))
    note('shadow-ban: malformed id', await ban('POST', 'x'))
  },
}

function withoutLastSeen<A extends { body: object }>(answer: A): A {
  return { ...answer, body: { ...answer.body, last_seen_ts: 0 } }
}
