import type { Scenario } from '../stage.ts'

export const userDetails: Scenario = {
  area: 'user-details',
  async run({ register, userId, localpart, serverName, mark, api, note, name }) {
    const root = await register('root', { admin: true })
    const ann = await register('ann')
    const ben = await register('ben')
    const details = (id: string) => root.admin('GET', `/v2/users/${encodeURIComponent(id)}`)
    const fresh = await details(ann.userId)
    note('just registered', fresh, { ...fresh.body, last_seen_ts: undefined })
    const self = await details(root.userId)
    note('an admin', self, { ...self.body, last_seen_ts: undefined })

    const full = await root.admin('PUT', `/v2/users/${userId('cy')}`, {
      password: 'secret secret',
      displayname: 'Cy',
      avatar_url: 'mxc://a.example/b',
      user_type: 'bot',
      threepids: [{ medium: 'email', address: `cy@${mark}.example` }],
      external_ids: [{ auth_provider: 'oidc-x', external_id: `cy-${mark}` }],
    })
    note('everything set', full)
    note('everything read', await details(userId('cy')))
    note('by email address', await root.admin('GET', `/v1/threepid/email/users/cy@${mark}.example`))
    note('by unknown email address', await root.admin('GET', '/v1/threepid/email/users/nobody@none.example'))
    note('by address of unknown medium', await root.admin('GET', '/v1/threepid/pigeon/users/nobody'))
    note('by external id', await root.admin('GET', `/v1/auth_providers/oidc-x/users/cy-${mark}`))
    note('by unknown external id', await root.admin('GET', '/v1/auth_providers/oidc-x/users/nobody'))
    note('by external id of an unknown provider', await root.admin('GET', `/v1/auth_providers/none/users/cy-${mark}`))

    for (const [label, id] of [
      ['unknown', userId('nobody')],
      ['of another server', '@ann:other.example'],
      ['without @', 'ann'],
      ['without server', '@ann'],
      ['empty', '@'],
      ['in upper case', ann.userId.replace('@a', '@A')],
      ['empty localpart', `@:${serverName}`],
    ] as const) {
      note(`details: ${label}`, await details(id))
      note(`joined_rooms: ${label}`, await root.admin('GET', `/v1/users/${encodeURIComponent(id)}/joined_rooms`))
      note(`memberships: ${label}`, await root.admin('GET', `/v1/users/${encodeURIComponent(id)}/memberships`))
      note(`admin: ${label}`, await root.admin('GET', `/v1/users/${encodeURIComponent(id)}/admin`))
    }

    const room = (await ann.client('POST', '/createRoom', { invite: [ben.userId] })).body.room_id
    name('!room', room)
    const left = (await ann.client('POST', '/createRoom', {})).body.room_id
    name('!left', left)
    await ann.client('POST', `/rooms/${encodeURIComponent(left)}/leave`, {})
    note('joined rooms', await root.admin('GET', `/v1/users/${ann.userId}/joined_rooms`))
    note('joined rooms: invited only', await root.admin('GET', `/v1/users/${ben.userId}/joined_rooms`))
    note('memberships', await root.admin('GET', `/v1/users/${ann.userId}/memberships`))
    note('memberships: invited', await root.admin('GET', `/v1/users/${ben.userId}/memberships`))

    const adminOf = (id: string, method = 'GET', body?: unknown) => root.admin(method, `/v1/users/${id}/admin`, body)
    note('admin flag: not', await adminOf(ann.userId))
    note('admin flag: yes', await adminOf(root.userId))
    note('make admin', await adminOf(ann.userId, 'PUT', { admin: true }))
    note('made admin', await adminOf(ann.userId))
    note('the new admin may', await ann.admin('GET', `/v1/users/${ben.userId}/admin`))
    note('make no admin', await adminOf(ann.userId, 'PUT', { admin: false }))
    note('may no more', await ann.admin('GET', `/v1/users/${ben.userId}/admin`))
    note('demote oneself', await adminOf(root.userId, 'PUT', { admin: false }))
    note('admin missing', await adminOf(ann.userId, 'PUT', {}))
    note('admin as text', await adminOf(ben.userId, 'PUT', { admin: 'yes' }))
    note('admin as text: result', await adminOf(ben.userId))
    note('make an unknown user admin', await adminOf(userId('nobody'), 'PUT', { admin: true }))

    const available = (query: string) => root.admin('GET', `/v1/username_available${query}`)
    note('username: free', await available(`?username=${localpart('free')}`))
    note('username: taken', await available(`?username=${ann.localpart}`))
    note('username: upper case', await available(`?username=FREE.${mark}`))
    note('username: bad letters', await available('?username=a%20b'))
    note('username: empty', await available('?username='))
    note('username: missing', await available(''))
    note('username: numeric', await available('?username=1234567'))
    note('username: leading underscore', await available(`?username=_${localpart('x')}`))
    note('username: too long', await available(`?username=${'x'.repeat(256)}`))

    note('server version', await api('GET', '/_synapse/admin/v1/server_version'))
  },
}
