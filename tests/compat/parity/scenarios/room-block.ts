import { roomPath, type Scenario } from '../stage.ts'

export const roomBlock: Scenario = {
  area: 'room-block',
  async run({ register, serverName, note }) {
    const root = await register('root', { admin: true })
    const ann = await register('ann')
    const room = await ann.createRoom('room', { preset: 'public_chat', room_version: '11' })
    const block = (id: string, body?: unknown) => root.admin('PUT', `/v1${roomPath(id)}/block`, body)
    const read = (id: string) => root.admin('GET', `/v1${roomPath(id)}/block`)

    note('not blocked', await read(room))
    note('block', await block(room, { block: true }))
    note('blocked', await read(room))
    note('block again', await block(room, { block: true }))
    note('join', await root.client('POST', `/join/${encodeURIComponent(room)}`, {}))
    note('knock', await root.client('POST', `/knock/${encodeURIComponent(room)}`, {}))
    note('invite', await ann.client('POST', `${roomPath(room)}/invite`, { user_id: root.userId }))
    note('admin join', await root.admin('POST', `/v1/join/${encodeURIComponent(room)}`, { user_id: root.userId }))
    note('members go on talking', await ann.client('PUT', `${roomPath(room)}/state/m.room.topic`, { topic: 'x' }))
    note('unblock', await block(room, { block: false }))
    note('unblock again', await block(room, { block: false }))
    note('unblocked: join', await root.client('POST', `/join/${encodeURIComponent(room)}`, {}))

    const unknown = `!unknown.${ann.localpart}:${serverName}`
    note('unknown room', await block(unknown, { block: true }))
    note('unknown room: blocked', await read(unknown))
    note('unknown room: unblock', await block(unknown, { block: false }))
    note('malformed id', await block('bad', { block: true }))
    note('malformed id: read', await read('bad'))
    note('without key', await block(room, {}))
    note('number', await block(room, { block: 1 }))
    note('null', await block(room, { block: null }))
    note('without body', await block(room))
    note('not an admin', await ann.admin('PUT', `/v1${roomPath(room)}/block`, { block: true }))
    note('not an admin: read', await ann.admin('GET', `/v1${roomPath(room)}/block`))
  },
}
