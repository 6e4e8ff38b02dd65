import { type Actor, type Answer, roomPath, type Scenario, sortedState } from '../stage.ts'

/** `/rooms/{roomId}/initialSync`: how a room looks before one is in it, and to simple bots. */
export const roomSnapshot: Scenario = {
  area: 'room-snapshot',
  async run({ register, serverName, note, api }) {
    const ann = await register('ann')
    const ben = await register('ben')
    const cy = await register('cy')
    const room = await ann.createRoom('room', { preset: 'private_chat', room_version: '11', name: 'Room', invite: [ben.userId] })
    const invited = await ann.createRoom('invited', { preset: 'private_chat', room_version: '11', invite: [ben.userId] })
    const left = await ann.createRoom('left', { preset: 'public_chat', room_version: '11' })
    const world = await ann.createRoom('world', {
      preset: 'private_chat',
      room_version: '11',
      initial_state: [{ type: 'm.room.history_visibility', state_key: '', content: { history_visibility: 'world_readable' } }],
    })
    for (const to of [room, left]) await ben.client('POST', `/join/${encodeURIComponent(to)}`, {})
    await ben.client('POST', `${roomPath(left)}/leave`, {})
    await ann.say(left, 'later')
    const one = await ann.say(room, 'one')
    await ann.say(room, 'two')
    await ann.say(world, 'open')
    await ben.client('PUT', `/user/${ben.userId}/rooms/${encodeURIComponent(room)}/tags/m.favourite`, { order: 0.5 })
    await ann.client('POST', `${roomPath(room)}/receipt/m.read/${encodeURIComponent(one)}`, {})

    const look = async (label: string, actor: Actor, roomId: string, query = '') => {
      const answer: Answer = await actor.client('GET', `${roomPath(roomId)}/initialSync${query}`)
      const { state, presence: _presence, ...rest } = answer.body
      note(label, answer, answer.status === 200 ? { ...rest, state: sortedState(state) } : answer.body)
    }
    await look('member', ben, room)
    await look('limit', ben, room, '?limit=1')
    await look('left', ben, left, '?limit=2')
    await look('invited', ben, invited)
    await look('stranger', cy, room)
    await look('stranger: open to the world', cy, world, '?limit=1')
    await look('unknown', ben, `!none:${serverName}`)
    await look('bad limit', ben, room, '?limit=x')
    note('without token', await api('GET', `/_matrix/client/v3${roomPath(room)}/initialSync`))
  },
}
