import { roomPath, type Scenario, sortedState } from '../stage.ts'

export const spacesAndUpgrades: Scenario = {
  area: 'spaces-and-upgrades',
  async run({ register, serverName, note, name }) {
    const root = await register('root', { admin: true })
    const ann = await register('ann')
    const ben = await register('ben')
    const space = await ann.createRoom('space', {
      preset: 'public_chat',
      room_version: '11',
      name: 'Space',
      creation_content: { type: 'm.space' },
    })
    const open = await ann.createRoom('open', { preset: 'public_chat', room_version: '11', name: 'Open', topic: 'All' })
    const closed = await ann.createRoom('closed', { preset: 'private_chat', room_version: '11', name: 'Closed' })
    for (const [child, order] of [
      [open, 'b'],
      [closed, 'a'],
    ] as const) {
      await ann.client('PUT', `${roomPath(space)}/state/m.space.child/${encodeURIComponent(child)}`, { via: [serverName], order })
    }
    const hierarchy = (actor: typeof ann, query = '', room = space) =>
      actor.client('GET', `/_matrix/client/v1${roomPath(room)}/hierarchy${query}`)
    note('hierarchy', await hierarchy(ann))
    note('hierarchy: by others', await hierarchy(ben))
    note('hierarchy: suggested only', await hierarchy(ann, '?suggested_only=true'))
    note('hierarchy: depth 0', await hierarchy(ann, '?max_depth=0'))
    note('hierarchy: limit', await hierarchy(ann, '?limit=1'))
    note('hierarchy: bad limit', await hierarchy(ann, '?limit=x'))
    note('hierarchy: bad token', await hierarchy(ann, '?from=x'))
    note('hierarchy: closed room', await hierarchy(ben, '', closed))
    note('hierarchy: unknown room', await hierarchy(ann, '', `!none:${serverName}`))
    note('hierarchy: for admins', await root.admin('GET', `/v1${roomPath(space)}/hierarchy`))
    note('hierarchy: for admins: depth 0', await root.admin('GET', `/v1${roomPath(space)}/hierarchy?max_depth=0`))
    note('hierarchy: for admins: bad token', await root.admin('GET', `/v1${roomPath(space)}/hierarchy?from=x`))
    note('hierarchy: not an admin', await ann.admin('GET', `/v1${roomPath(space)}/hierarchy`))

    const old = await ann.createRoom('old', { preset: 'public_chat', room_version: '10', name: 'Old', topic: 'Before' })
    await ben.client('POST', `/join/${encodeURIComponent(old)}`, {})
    const upgrade = (actor: typeof ann, body: unknown, room = old) => actor.client('POST', `${roomPath(room)}/upgrade`, body)
    note('upgrade: powerless', await upgrade(ben, { new_version: '11' }))
    note('upgrade: without version', await upgrade(ann, {}))
    note('upgrade: unknown version', await upgrade(ann, { new_version: 'x' }))
    note('upgrade: version number', await upgrade(ann, { new_version: 11 }))
    note('upgrade: unknown room', await upgrade(ann, { new_version: '11' }, `!none:${serverName}`))
    const upgraded = await upgrade(ann, { new_version: '11' })
    name('!new', upgraded.body.replacement_room)
    note('upgrade', upgraded)
    const state = await ann.client('GET', `${roomPath(upgraded.body.replacement_room)}/state`)
    note(
      'upgrade: state of the new room',
      state,
      sortedState(state.body as StateEvent[]).map(({ type, state_key, content }) => ({ type, state_key, content })),
    )
    const left = await ann.client('GET', `${roomPath(old)}/state`)
    note(
      'upgrade: state of the old room',
      left,
      sortedState(left.body as StateEvent[])
        .filter(({ type }) => ['m.room.tombstone', 'm.room.power_levels'].includes(type))
        .map(({ type, content }) => ({ type, content })),
    )
    note(
      'upgrade: details',
      await root.admin('GET', `/v1${roomPath(old)}`).then((answer) => ({
        ...answer,
        body: { tombstoned: answer.body.tombstoned, replacement_room: answer.body.replacement_room },
      })),
    )
  },
}

interface StateEvent {
  readonly type: string
  readonly state_key: string
  readonly content: unknown
}
