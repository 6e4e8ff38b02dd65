import { type Answer, roomPath, type Scenario } from '../stage.ts'

export const purgeHistory: Scenario = {
  area: 'purge-history',
  async run({ register, note, until, name }) {
    const root = await register('root', { admin: true })
    const ann = await register('ann')
    const hall = await ann.createRoom('hall', { room_version: '11' })
    const other = await ann.createRoom('other', { room_version: '11' })
    const elsewhere = await ann.say(other, 'elsewhere')
    const sent: string[] = []
    for (const text of ['one', 'two', 'three', 'four']) sent.push(await ann.say(hall, text))
    const start = (roomId: string, body?: unknown, eventId?: string) =>
      root.admin('POST', `/v1/purge_history/${encodeURIComponent(roomId)}${eventId ? `/${encodeURIComponent(eventId)}` : ''}`, body)
    const done = async (label: string, started: Answer) => {
      note(label, started)
      name('<purge>', started.body.purge_id)
      const path = `/v1/purge_history_status/${started.body.purge_id}`
      note(
        `${label}: status`,
        await until(
          () => root.admin('GET', path),
          ({ body }) => body.status !== 'active',
        ),
      )
    }
    const isThere = async (label: string, eventId: string) => {
      const answer = await ann.client('GET', `${roomPath(hall)}/event/${encodeURIComponent(eventId)}`)
      note(label, answer, answer.status === 200 ? { content: answer.body.content } : answer.body)
    }

    await done('local messages stay', await start(hall, {}, sent[1]))
    await isThere('local messages stay: one', sent[0]!)
    await done('up to an event', await start(hall, { delete_local_events: true }, sent[1]))
    await isThere('up to an event: one', sent[0]!)
    await isThere('up to an event: two', sent[1]!)
    await done('the path wins', await start(hall, { delete_local_events: true, purge_up_to_event_id: sent[3] }, sent[2]))
    await isThere('the path wins: three', sent[2]!)
    await done('by time', await start(hall, { delete_local_events: 'x', purge_up_to_ts: 9_000_000_000_000 }))
    await isThere('by time: three', sent[2]!)
    await isThere('by time: the last', sent[3]!)
    note('state afterwards', await ann.client('GET', `${roomPath(hall)}/state/m.room.create/`))
    await ann.say(hall, 'five')
    const tasks = await root.admin('GET', `/v1/scheduled_tasks?resource_id=${encodeURIComponent(hall)}&action_name=purge_history`)
    note('tasks', tasks, {
      tasks: tasks.body.scheduled_tasks.map(({ action, status, error }: Record<string, unknown>) => ({ action, status, error })),
    })

    for (const body of [
      undefined,
      [],
      {},
      { purge_up_to_ts: 'x' },
      { purge_up_to_ts: null },
      { purge_up_to_ts: true },
      { purge_up_to_ts: 1.5 },
      { purge_up_to_ts: 5 },
      { purge_up_to_event_id: null },
      { purge_up_to_event_id: 5 },
      { purge_up_to_event_id: '' },
      { purge_up_to_event_id: '$nothing' },
      { purge_up_to_event_id: '$nothing', purge_up_to_ts: 5 },
    ]) {
      note(`refused: ${JSON.stringify(body)}`, await start(hall, body))
    }
    note('event of another room', await start(hall, {}, elsewhere))
    note('unknown room', await start('!unknown:nowhere', { purge_up_to_ts: 9_000_000_000_000 }))
    note('unknown room and event', await start('!unknown:nowhere', {}, '$nothing'))
    note('not an admin', await ann.admin('POST', `/v1/purge_history/${encodeURIComponent(hall)}`, {}))
    note('status: unknown', await root.admin('GET', '/v1/purge_history_status/nothing'))
    note('status: not an admin', await ann.admin('GET', '/v1/purge_history_status/nothing'))
  },
}
