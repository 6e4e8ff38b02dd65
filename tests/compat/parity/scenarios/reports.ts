import { type Answer, roomPath, type Scenario } from '../stage.ts'

export const reports: Scenario = {
  area: 'reports',
  async run({ register, userId, serverName, mark, note }) {
    const root = await register('root', { admin: true })
    const ann = await register('ann')
    const ben = await register('ben')
    const dee = await register('dee')
    const room = await ann.createRoom('room', { preset: 'public_chat', room_version: '11', name: 'Room' })
    await ben.client('POST', `/join/${encodeURIComponent(room)}`, {})
    const event = await ann.say(room, 'rude')
    const other = await ann.say(room, 'ruder')

    const report = (id: string, body: unknown, actor = ben) =>
      actor.client('POST', `${roomPath(room)}/report/${encodeURIComponent(id)}`, body)
    note('event', await report(event, { reason: 'rude', score: -100 }))
    note('event: again', await report(other, {}))
    note('event: no body', await report(event, undefined))
    note('event: reason number', await report(event, { reason: 5 }))
    note('event: score text', await report(event, { score: 'x' }))
    note('event: unknown', await report('$none', { reason: 'x' }))
    note('event: not a member', await report(event, { reason: 'x' }, dee))
    note('room', await ben.client('POST', `${roomPath(room)}/report`, { reason: 'loud' }))
    note('room: reason number', await ben.client('POST', `${roomPath(room)}/report`, { reason: 5 }))
    note('room: without reason', await ben.client('POST', `${roomPath(room)}/report`, {}))
    note('room: unknown', await ben.client('POST', `${roomPath(`!none:${serverName}`)}/report`, { reason: 'x' }))
    note('user', await ben.client('POST', `/users/${ann.userId}/report`, { reason: 'rude' }))
    note('user: unknown', await ben.client('POST', `/users/${userId('nobody')}/report`, { reason: 'x' }))
    note('user: without reason', await ben.client('POST', `/users/${ann.userId}/report`, {}))

    // ids count all reports that the server ever got
    const withoutIds = (answer: Answer, key: string) => ({
      ...answer.body,
      [key]: answer.body[key].map((item: object) => ({ ...item, id: 'id' })),
    })
    const events = (query: string) => root.admin('GET', `/v1/event_reports?room_id=${encodeURIComponent(room)}&${query}`)
    for (const query of [
      '',
      'dir=f',
      'limit=1',
      'limit=1&from=1',
      'limit=0',
      'from=50',
      `user_id=${ben.localpart}`,
      `user_id=${dee.localpart}`,
    ]) {
      const answer = await events(query)
      note(`events: ${query.replace(`.${mark}`, '')}`, answer, withoutIds(answer, 'event_reports'))
    }
    for (const query of ['limit=x', 'limit=-1', 'from=-1', 'from=x', 'dir=x']) note(`events: refused: ${query}`, await events(query))
    const eventReport: number = (await events('dir=f')).body.event_reports[0].id
    const users = (query: string) => root.admin('GET', `/v1/user_reports?target_user_id=${ann.localpart}&${query}`)
    for (const query of ['', 'limit=0', `user_id=${ben.localpart}`, `user_id=${dee.localpart}`]) {
      const answer = await users(query)
      note(`users: ${query.replace(`.${mark}`, '')}`, answer, withoutIds(answer, 'user_reports'))
    }
    for (const query of ['limit=-1', 'dir=x']) note(`users: refused: ${query}`, await users(query))
    const userReport: number = (await users('')).body.user_reports[0].id

    for (const [kind, id] of [
      ['event_reports', eventReport],
      ['user_reports', userReport],
    ] as const) {
      const one = async (label: string, which: number | string, method = 'GET', actor = root) => {
        const answer = await actor.admin(method, `/v1/${kind}/${which}`)
        const body = answer.body.id === undefined ? answer.body : { ...answer.body, id: 'id' }
        note(`${kind}: ${label}`, { ...answer, request: `${method} /_synapse/admin/v1/${kind}/id` }, hidden(body))
      }
      await one('one', id)
      await one('unknown', 999_999_999)
      await one('text', 'x')
      await one('negative', -1)
      await one('not an admin', id, 'GET', ann)
      await one('delete', id, 'DELETE')
      await one('delete again', id, 'DELETE')
      await one('delete: text', 'x', 'DELETE')
    }
    note('not an admin', await ann.admin('GET', '/v1/event_reports'))
  },
}

/** Hashes, signatures and ids of events are others on every server. */
function hidden(body: { event_json?: Record<string, unknown> }) {
  return body.event_json === undefined ? body : { ...body, event_json: Object.keys(body.event_json).sort() }
}
