import { type Actor, type Answer, roomPath, type Scenario } from '../stage.ts'

/** Who sees what of a room's history, by every way of reading it. */
export const visibility: Scenario = {
  area: 'visibility',
  async run({ register, note, name }) {
    const ann = await register('ann')
    const ben = await register('ben')
    const cy = await register('cy')
    const names = new Map<string, string>()

    for (const rule of ['world_readable', 'shared', 'invited', 'joined', 'unknown']) {
      const room = await ann.createRoom(rule, {
        preset: 'public_chat',
        room_version: '11',
        name: rule,
        initial_state: [{ type: 'm.room.history_visibility', state_key: '', content: { history_visibility: rule } }],
      })
      const path = roomPath(room)
      const say = async (when: string) => {
        const id = await ann.say(room, `${rule}.${when}`)
        names.set(id, when)
        return id
      }
      const related = async (when: string, to: string) => {
        const content = { msgtype: 'm.text', body: 'see', 'm.relates_to': { rel_type: 'm.reference', event_id: to } }
        const { body } = await ann.client('PUT', `${path}/send/m.room.message/${when}`, content)
        name(`$${rule}.${when}`, body.event_id)
        names.set(body.event_id, when)
      }
      const before = await say('before')
      await ann.client('POST', `${path}/invite`, { user_id: ben.userId })
      const invited = await say('invited')
      await ben.client('POST', `/join/${encodeURIComponent(room)}`, {})
      const joined = await say('joined')
      await related('related', before)
      await ann.client('PUT', `${path}/state/m.room.topic`, { topic: 'while joined' })
      const shown = (answer: Answer, events: { event_id: string }[] | undefined) => ({
        ...answer,
        body: events ? events.map(({ event_id }) => names.get(event_id)).filter((one) => one !== undefined) : answer.body,
      })
      const synced = await ben.client('GET', `/sync?filter=${filterOf({ room: { rooms: [room], timeline: { limit: 50 } } })}`)
      note(`${rule}: member: sync`, at('/sync', shown(synced, synced.body.rooms.join[room].timeline.events)))
      await ben.client('POST', `${path}/leave`, {})
      const after = await say('after')
      await ann.client('PUT', `${path}/state/m.room.topic`, { topic: 'after' })
      await related('related after', before)

      const read = async (who: string, actor: Actor) => {
        const get = (rest: string, version = 'v3') => actor.client('GET', `/_matrix/client/${version}${path}${rest}`)
        const page = await get('/messages?dir=b&limit=50')
        note(`${rule}: ${who}: messages`, shown(page, page.body.chunk))
        const forwards = await get('/messages?dir=f&limit=50')
        note(`${rule}: ${who}: messages forwards`, shown(forwards, forwards.body.chunk))
        for (const [when, id] of Object.entries({ before, invited, joined, after })) {
          const event = await get(`/event/${encodeURIComponent(id)}`)
          note(`${rule}: ${who}: event ${when}`, event, event.status === 200 ? event.body.content.body : event.body)
          const around = await get(`/context/${encodeURIComponent(id)}?limit=50`)
          const { events_before, event: own, events_after } = around.body
          note(`${rule}: ${who}: context ${when}`, shown(around, own && [...events_before.toReversed(), own, ...events_after]))
        }
        const relations = await get(`/relations/${encodeURIComponent(before)}`, 'v1')
        note(`${rule}: ${who}: relations`, shown(relations, relations.body.chunk))
        const near = await get('/timestamp_to_event?ts=1&dir=f', 'v1')
        note(`${rule}: ${who}: by time`, near, near.status === 200 ? Object.keys(near.body) : near.body)
        note(`${rule}: ${who}: topic`, await get('/state/m.room.topic'))
        const state = await get('/state')
        note(`${rule}: ${who}: state`, state, state.status === 200 ? 'shown' : state.body)
        const members = await get('/members')
        note(`${rule}: ${who}: members`, members, members.status === 200 ? members.body.chunk.length : members.body)
        note(`${rule}: ${who}: joined members`, await get('/joined_members'))
        note(`${rule}: ${who}: aliases`, await get('/aliases'))
        const threads = await get('/threads', 'v1')
        note(`${rule}: ${who}: threads`, shown(threads, threads.body.chunk))
        const found = await actor.client('POST', '/search', {
          search_categories: { room_events: { search_term: rule, filter: { rooms: [room], types: ['m.room.message'] } } },
        })
        const results: { result: { event_id: string } }[] = found.body.search_categories?.room_events.results
        note(
          `${rule}: ${who}: search`,
          shown(
            found,
            results?.map(({ result }) => result).toSorted((a, b) => order(a) - order(b)),
          ),
        )
      }
      const order = ({ event_id }: { event_id: string }) => [...names.keys()].indexOf(event_id)
      await read('left', ben)
      await read('stranger', cy)
      const left = await ben.client(
        'GET',
        `/sync?filter=${filterOf({ room: { rooms: [room], include_leave: true, timeline: { limit: 50 } } })}`,
      )
      note(`${rule}: left: sync`, at('/sync', shown(left, left.body.rooms.leave[room].timeline.events)))
      await ben.client('POST', `${path}/forget`, {})
      const forgotten = await ben.client('GET', `/sync?filter=${filterOf({ room: { rooms: [room], include_leave: true } })}`)
      note(`${rule}: forgotten: sync`, at('/sync', forgotten), forgotten.body.rooms?.leave?.[room] !== undefined)
      for (const way of ['/messages?dir=b', '/members', '/state', '/state/m.room.topic', `/event/${encodeURIComponent(joined)}`]) {
        const answer = await ben.client('GET', `${path}${way}`)
        note(`${rule}: forgotten: ${way.replace(/event\/.*/, 'event')}`, answer, answer.status === 200 ? 'shown' : answer.body)
      }
    }
  },
}

function filterOf(value: unknown): string {
  return encodeURIComponent(JSON.stringify(value))
}

/** An answer to a question that is another one in every run. */
function at(path: string, answer: Answer): Answer {
  return { ...answer, request: `GET /_matrix/client/v3${path}` }
}
