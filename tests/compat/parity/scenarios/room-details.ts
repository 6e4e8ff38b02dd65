import { type Answer, roomPath, type Scenario, sortedState } from '../stage.ts'

export const roomDetails: Scenario = {
  area: 'room-details',
  async run({ register, localpart, serverName, note, until }) {
    const root = await register('root', { admin: true })
    const ann = await register('ann')
    const ben = await register('ben')
    const plain = await ann.createRoom('plain', { room_version: '11' })
    const full = await ann.createRoom('full', {
      name: 'Hall',
      topic: 'Everything',
      preset: 'public_chat',
      visibility: 'public',
      room_alias_name: localpart('hall'),
      room_version: '11',
      initial_state: [
        { type: 'm.room.avatar', state_key: '', content: { url: 'mxc://a.example/b' } },
        { type: 'm.room.guest_access', state_key: '', content: { guest_access: 'forbidden' } },
      ],
    })
    const space = await ann.createRoom('space', { creation_content: { type: 'm.space' }, room_version: '12', invite: [ben.userId] })
    const old = await ann.createRoom('old', { room_version: '11' })
    const upgraded = await ann.client('POST', `${roomPath(old)}/state/m.room.tombstone`, {})
    note('tombstone by POST', upgraded)
    await ann.client('PUT', `${roomPath(old)}/state/m.room.tombstone`, { body: 'moved', replacement_room: plain })
    const empty = await ann.createRoom('empty', { name: 'Gone', room_version: '11' })
    await ann.client('POST', `${roomPath(empty)}/leave`, {})
    await ben.client('POST', `/join/${encodeURIComponent(full)}`, {})
    const last = await ann.createRoom('last', { room_version: '11' })

    const details = (id: string) => root.admin('GET', roomPathV1(id))
    await until(
      () => details(last),
      ({ body }) => body.join_rules !== null && body.joined_members === 1,
    )
    for (const [label, id] of Object.entries({ plain, full, space, old, empty })) {
      note(`details: ${label}`, await details(id))
      const members = await root.admin('GET', `${roomPathV1(id)}/members`)
      note(`members: ${label}`, members, { ...members.body, members: members.body.members.toSorted() })
      const state = await root.admin('GET', `${roomPathV1(id)}/state`)
      note(`state: ${label}`, state, stateOf(state))
    }
    note('state of one type', await root.admin('GET', `${roomPathV1(full)}/state?type=m.room.name`))
    note('state of an unknown type', await root.admin('GET', `${roomPathV1(full)}/state?type=none`))
    for (const [label, id] of [
      ['unknown', `!unknown:${serverName}`],
      ['of another server', '!unknown:other.example'],
      ['malformed', 'bad'],
    ] as const) {
      for (const more of ['', '/members', '/state', '/block']) {
        note(`${label}${more}`, await root.admin('GET', `${roomPathV1(id)}${more}`))
      }
    }
    await ben.client('POST', `${roomPath(space)}/leave`, {})
    await ann.client('POST', `${roomPath(full)}/ban`, { user_id: ben.userId })
    const members = await root.admin('GET', `${roomPathV1(full)}/members`)
    note('members: after a ban', members)
    note(
      'forgotten: not yet',
      await details(empty).then(({ request, status, body, headers }) => ({ request, status, headers, body: body.forgotten })),
    )
    await ann.client('POST', `${roomPath(empty)}/forget`, {})
    note(
      'forgotten',
      await details(empty).then(({ request, status, body, headers }) => ({ request, status, headers, body: body.forgotten })),
    )
    note('not an admin', await ann.admin('GET', roomPathV1(full)))
  },
}

function roomPathV1(id: string): string {
  return `/v1${roomPath(id)}`
}

function stateOf({ body }: Answer) {
  return { ...body, state: sortedState(body.state) }
}
