import { type Answer, roomPath, type Scenario, sortedState } from '../stage.ts'

export const roomDelete: Scenario = {
  area: 'room-delete',
  async run({ register, userId, localpart, serverName, mark, note, name, until }) {
    const root = await register('root', { admin: true })
    const ann = await register('ann')
    const ben = await register('ben')
    const room = async (label: string, body: Readonly<Record<string, unknown>> = {}) => {
      const id = await ann.createRoom(label, { preset: 'public_chat', room_version: '11', name: 'Hall', ...body })
      await ben.client('POST', `/join/${encodeURIComponent(id)}`, {})
      return id
    }
    const sorted = ({ body }: Answer) => ({ ...body, kicked_users: body.kicked_users?.toSorted() })
    const unknown = `!unknown.${mark}:${serverName}`

    const first = await room('first', { room_alias_name: localpart('first') })
    const v1 = await root.admin('DELETE', `/v1${roomPath(first)}`, {})
    note('v1', v1, sorted(v1))
    note('v1: details afterwards', await root.admin('GET', `/v1${roomPath(first)}`))
    note('v1: alias afterwards', await ann.client('GET', `/directory/room/${encodeURIComponent(`#${localpart('first')}:${serverName}`)}`))
    note('v1: send afterwards', await ann.client('PUT', `${roomPath(first)}/send/m.room.message/1`, { body: 'x', msgtype: 'm.text' }))
    note('v1: join afterwards', await ann.client('POST', `/join/${encodeURIComponent(first)}`, {}))
    const again = await root.admin('DELETE', `/v1${roomPath(first)}`, {})
    note('v1: again', again, sorted(again))
    const never = await root.admin('DELETE', `/v1${roomPath(unknown)}`, {})
    note('v1: unknown', never, sorted(never))

    const second = await room('second')
    const kept = await root.admin('DELETE', `/v1${roomPath(second)}`, {
      purge: false,
      block: true,
      message: 'gone',
      new_room_user_id: root.userId,
    })
    name('!replacement', kept.body.new_room_id)
    note('v1: with a new room, not purged, blocked', kept, sorted(kept))
    note('v1: not purged: members', await root.admin('GET', `/v1${roomPath(second)}/members`))
    note('v1: not purged: block', await root.admin('GET', `/v1${roomPath(second)}/block`))
    note('v1: not purged: join', await ann.client('POST', `/join/${encodeURIComponent(second)}`, {}))

    const third = await room('third', { room_alias_name: localpart('third') })
    const started = await root.admin('DELETE', `/v2${roomPath(third)}`, {
      new_room_user_id: root.userId,
      room_name: 'Closed',
      message: 'This room is closed.',
    })
    note('v2', started)
    name('<deletion>', started.body.delete_id)
    const statusPath = `/v2/rooms/delete_status/${started.body.delete_id}`
    const done = await until(
      () => root.admin('GET', statusPath),
      ({ body }) => body.status === 'complete' || body.status === 'failed',
    )
    name('!closed', done.body.shutdown_room.new_room_id)
    note('v2: status', done, { ...done.body, shutdown_room: sorted({ ...done, body: done.body.shutdown_room }) })
    const byRoom = await root.admin('GET', `/v2${roomPath(third)}/delete_status`)
    note('v2: status by room', byRoom, {
      results: byRoom.body.results.map((result: { shutdown_room: object }) => ({
        ...result,
        shutdown_room: sorted({ ...byRoom, body: result.shutdown_room }),
      })),
    })
    const closed = done.body.shutdown_room.new_room_id
    const state = await root.admin('GET', `/v1${roomPath(closed)}/state`)
    note('v2: new room: state', state, sortedState(state.body.state))
    const messages = await root.client('GET', `${roomPath(closed)}/messages?dir=b&limit=3`)
    note(
      'v2: new room: last events',
      messages,
      messages.body.chunk.map(({ type, sender, content }: Record<string, unknown>) => ({ type, sender, content })),
    )
    note('v2: alias moves', await ann.client('GET', `/directory/room/${encodeURIComponent(`#${localpart('third')}:${serverName}`)}`))
    const tasks = await root.admin('GET', `/v1/scheduled_tasks?resource_id=${encodeURIComponent(third)}`)
    note('tasks', tasks, {
      scheduled_tasks: tasks.body.scheduled_tasks.map((task: { result: object }) => ({
        ...task,
        id: '…',
        result: sorted({ ...tasks, body: task.result }),
      })),
    })
    for (const query of ['job_status=complete', 'job_status=x', 'max_timestamp=-1', 'max_timestamp=x', 'action_name=none']) {
      const answer = await root.admin('GET', `/v1/scheduled_tasks?resource_id=${encodeURIComponent(third)}&${query}`)
      note(`tasks: ${query}`, answer, answer.body.scheduled_tasks?.length ?? answer.body)
    }

    note('status: unknown', await root.admin('GET', '/v2/rooms/delete_status/none'))
    note('status: unknown room', await root.admin('GET', `/v2${roomPath(`!never:${serverName}`)}/delete_status`))
    note('status: malformed room', await root.admin('GET', '/v2/rooms/bad/delete_status'))
    const nothing = await root.admin('DELETE', `/v2${roomPath(unknown)}`, {})
    note('v2: unknown', nothing)
    note(
      'v2: unknown: status',
      await until(
        () => root.admin('GET', `/v2/rooms/delete_status/${nothing.body.delete_id}`),
        ({ body }) => body.status === 'complete' || body.status === 'failed',
      ),
    )

    for (const version of ['v1', 'v2']) {
      note(`${version}: malformed id`, await root.admin('DELETE', `/${version}/rooms/bad`, {}))
      note(`${version}: not an admin`, await ann.admin('DELETE', `/${version}${roomPath(unknown)}`, {}))
      for (const body of [
        { block: 'x' },
        { block: null },
        { purge: 1 },
        { purge: null },
        { force_purge: null },
        { new_room_user_id: '@x:other.example' },
        { new_room_user_id: 'x' },
        { new_room_user_id: '' },
        { new_room_user_id: 5 },
        { new_room_user_id: userId('nobody') },
        [],
      ]) {
        const label = JSON.stringify(body).replace(userId('nobody'), '@nobody')
        note(`${version}: ${label}`, await root.admin('DELETE', `/${version}${roomPath(unknown)}`, body))
      }
      note(`${version}: body missing`, await root.admin('DELETE', `/${version}${roomPath(unknown)}`))
    }
  },
}
