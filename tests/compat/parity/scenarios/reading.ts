import { type Actor, type Answer, roomPath, type Scenario } from '../stage.ts'

interface Event {
  readonly event_id: string
}

/** Relations, threads, search, and what rooms are to those outside: pages, order, and who may. */
export const reading: Scenario = {
  area: 'reading',
  async run({ register, serverName, localpart, mark, note, name, api }) {
    const ann = await register('ann')
    const ben = await register('ben')
    const cy = await register('cy')
    const room = await ann.createRoom('room', {
      preset: 'public_chat',
      room_version: '11',
      name: 'Room',
      room_alias_name: localpart('room'),
    })
    const path = roomPath(room)
    await ben.client('POST', `/join/${encodeURIComponent(room)}`, {})
    const called = new Map<string, string>()
    const send = async (actor: Actor, label: string, type: string, content: object) => {
      const { body } = await actor.client('PUT', `${path}/send/${type}/${label.replaceAll(' ', '_')}`, content)
      name(`$${label}`, body.event_id)
      called.set(body.event_id, label)
      return body.event_id as string
    }
    const text = (body: string) => ({ msgtype: 'm.text', body })
    const relate = (rel_type: string, event_id: string, more: object = {}) => ({ 'm.relates_to': { rel_type, event_id, ...more } })
    const first = await send(ann, 'first', 'm.room.message', text('first'))
    const second = await send(ben, 'second', 'm.room.message', text('second'))
    const third = await send(ann, 'third', 'm.room.message', text('third'))
    const replies: string[] = []
    for (const number of [1, 2, 3, 4]) {
      replies.push(
        await send(number % 2 ? ann : ben, `reply ${number}`, 'm.room.message', {
          ...text(`reply ${number}`),
          ...relate('m.thread', first),
        }),
      )
    }
    await send(ben, 'thread of ben', 'm.room.message', { ...text('x'), ...relate('m.thread', second) })
    await send(ann, 'thread of ann', 'm.room.message', { ...text('x'), ...relate('m.thread', third) })
    await send(ben, 'reaction to reply', 'm.reaction', relate('m.annotation', replies[0]!, { key: 'x' }))
    await send(ben, 'reaction to first', 'm.reaction', relate('m.annotation', first, { key: 'x' }))
    const edit = await send(ann, 'edit of first', 'm.room.message', {
      ...text('* 1st'),
      'm.new_content': text('1st'),
      ...relate('m.replace', first),
    })
    await send(ann, 'edit of reply', 'm.room.message', { ...text('* r'), 'm.new_content': text('r'), ...relate('m.replace', replies[0]!) })
    await send(ben, 'edit by another', 'm.room.message', { ...text('* x'), 'm.new_content': text('x'), ...relate('m.replace', first) })
    await send(ben, 'newest reply', 'm.room.message', { ...text('newest'), ...relate('m.thread', first) })

    const shown = (events: Event[] | undefined) => events?.map(({ event_id }) => called.get(event_id) ?? '?')
    const v1 = (rest: string, actor = ann) => actor.client('GET', `/_matrix/client/v1${path}${rest}`)
    const relations = async (label: string, of: string, rest = '', actor = ann) => {
      const answer = await v1(`/relations/${encodeURIComponent(of)}${rest}`, actor)
      const { chunk, next_batch, prev_batch, ...more } = answer.body
      note(
        `relations: ${label}`,
        { ...answer, request: `GET /_matrix/client/v1${path}/relations/$first${rest.split('?')[0]}` },
        chunk ? { events: shown(chunk), next: next_batch !== undefined, prev: prev_batch !== undefined, ...more } : answer.body,
      )
      return answer
    }
    await relations('all', first)
    await relations('threads', first, '/m.thread')
    await relations('threads of messages', first, '/m.thread/m.room.message')
    await relations('threads of others', first, '/m.thread/m.room.encrypted')
    await relations('edits', first, '/m.replace')
    await relations('recursive', first, '?recurse=true')
    await relations('recursive, of a kind', first, '/m.annotation?recurse=true')
    await relations('of an edit', edit)
    await relations('none', replies[3]!)
    const page = await relations('page', first, '?limit=2')
    const next = await relations('next page', first, `?limit=2&from=${page.body.next_batch}`)
    await relations('last page', first, `?limit=50&from=${next.body.next_batch}`)
    await relations('to', first, `?limit=50&to=${page.body.next_batch}`)
    const forwards = await relations('forwards', first, '?limit=2&dir=f')
    await relations('forwards, next', first, `?limit=2&dir=f&from=${forwards.body.next_batch}`)
    await relations('bad direction', first, '?dir=x')
    await relations('bad token', first, '?from=x')
    await relations('bad limit', first, '?limit=x')
    await relations('limit 0', first, '?limit=0')
    await relations('negative limit', first, '?limit=-1')
    await relations('stranger', first, '', cy)

    const threads = async (label: string, rest = '', actor = ann) => {
      const answer = await v1(`/threads${rest}`, actor)
      const { chunk, next_batch } = answer.body
      const body = chunk?.map(
        (
          event: Event & {
            unsigned: { 'm.relations': { 'm.thread': { count: number; current_user_participated: boolean; latest_event: Event } } }
          },
        ) => {
          const { count, current_user_participated, latest_event } = event.unsigned['m.relations']['m.thread']
          return [called.get(event.event_id), count, current_user_participated, called.get(latest_event.event_id)]
        },
      )
      note(
        `threads: ${label}`,
        { ...answer, request: `GET /_matrix/client/v1${path}/threads` },
        body ? { threads: body, next: next_batch !== undefined } : answer.body,
      )
      return answer
    }
    await threads('all')
    await threads('for the other', '', ben)
    await threads('participated', '?include=participated')
    await threads('participated by the other', '?include=participated', ben)
    const some = await threads('page', '?limit=2')
    await threads('next page', `?limit=2&from=${some.body.next_batch}`)
    await threads('bad limit', '?limit=x')
    await threads('bad token', '?from=x')
    await threads('stranger', '', cy)
    const root = (await ann.client('GET', `${path}/event/${encodeURIComponent(first)}`)).body.unsigned['m.relations']
    note(
      'bundle: kinds',
      { ...(await ann.client('GET', `${path}/event/${encodeURIComponent(first)}`)), request: `GET /_matrix/client/v3${path}/event/$first` },
      Object.keys(root).sort(),
    )
    await ben.client(
      'PUT',
      `${path}/redact/${encodeURIComponent((await v1(`/relations/${encodeURIComponent(first)}/m.thread?limit=1`)).body.chunk[0].event_id)}/r1`,
      {},
    )
    await threads('newest reply redacted')
    await relations('newest reply redacted', first, '/m.thread')

    // words that nobody else has, since others may have written on this server
    const word = (text: string) => `${text}${mark}`
    for (const [number, words] of [
      [1, 'apple'],
      [2, 'apple pear'],
      [3, 'pear'],
      [4, 'apple'],
    ] as const) {
      await send(number === 3 ? ben : ann, `fruit ${number}`, 'm.room.message', text(words.split(' ').map(word).join(' ')))
    }
    await ann.client('PUT', `${path}/state/m.room.topic`, { topic: word('apple') })
    const search = async (label: string, category: object, actor = ann, query = '') => {
      const answer = await actor.client('POST', `/search${query && `?next_batch=${query}`}`, {
        search_categories: { room_events: category },
      })
      const found = answer.body.search_categories?.room_events
      const body = found
        ? {
            count: found.count,
            events: found.results.map(({ result }: { result: Event }) => called.get(result.event_id) ?? '?'),
            next: found.next_batch !== undefined,
            context: found.results[0]?.context && Object.keys(found.results[0].context).sort(),
            around: found.results[0]?.context && [
              shown(found.results[0].context.events_before),
              shown(found.results[0].context.events_after),
            ],
            profiles: found.results[0]?.context?.profile_info,
            groups:
              found.groups &&
              Object.fromEntries(
                Object.entries<Record<string, { order: number; results: string[] }>>(found.groups).map(([key, groups]) => [
                  key,
                  Object.fromEntries(Object.entries(groups).map(([id, group]) => [id, group.results.map((one) => called.get(one) ?? '?')])),
                ]),
              ),
            state: found.state && Object.keys(found.state),
            highlights: found.highlights?.toSorted(),
          }
        : answer.body
      note(`search: ${label}`, { ...answer, request: 'POST /_matrix/client/v3/search' }, body)
      return answer
    }
    const recent = { order_by: 'recent' }
    await search('word', { search_term: word('apple'), ...recent })
    await search('two words', { search_term: `${word('apple')} ${word('pear')}`, ...recent })
    await search('nothing', { search_term: word('plum'), ...recent })
    await search('of a sender', { search_term: word('pear'), ...recent, filter: { senders: [ben.userId] } })
    await search('not of a sender', { search_term: word('pear'), ...recent, filter: { not_senders: [ben.userId] } })
    await search('in other rooms', { search_term: word('pear'), ...recent, filter: { rooms: [`!none:${serverName}`] } })
    await search('not here', { search_term: word('pear'), ...recent, filter: { not_rooms: [room] } })
    await search('types', { search_term: word('apple'), ...recent, filter: { types: ['m.room.topic'] } })
    await search('topics', { search_term: word('apple'), ...recent, keys: ['content.topic'] })
    await search('bad keys', { search_term: word('apple'), ...recent, keys: ['content.x'] })
    await search('context', {
      search_term: word('pear'),
      ...recent,
      event_context: { before_limit: 1, after_limit: 1, include_profile: true },
    })
    await search('groups', { search_term: word('pear'), ...recent, groupings: { group_by: [{ key: 'sender' }, { key: 'room_id' }] } })
    await search('bad groups', { search_term: word('pear'), ...recent, groupings: { group_by: [{ key: 'x' }] } })
    await search('state', { search_term: word('pear'), ...recent, include_state: true })
    const two = await search('page', { search_term: word('apple'), ...recent, filter: { limit: 2 } })
    await search(
      'next page',
      { search_term: word('apple'), ...recent, filter: { limit: 2 } },
      ann,
      two.body.search_categories.room_events.next_batch,
    )
    await search('bad page', { search_term: word('apple'), ...recent }, ann, 'x')
    await search('bad order', { search_term: word('apple'), order_by: 'x' })
    await search('without term', {})
    await search('term number', { search_term: 5 })
    await search('by a stranger', { search_term: word('apple'), ...recent }, cy)
    note('search: no category', await ann.client('POST', '/search', { search_categories: {} }))
    note('search: nothing said', await ann.client('POST', '/search', {}))

    const summary = (of: string, actor?: Actor) =>
      (actor ? actor.client.bind(actor) : (method: string, at: string) => api(method, at))(
        'GET',
        `/_matrix/client/v1/room_summary/${encodeURIComponent(of)}`,
      )
    note('summary', await summary(room, ann))
    note('summary: by alias', await summary(`#${localpart('room')}:${serverName}`, cy))
    note('summary: without token', await summary(room))
    const closed = await ann.createRoom('closed', { preset: 'private_chat', room_version: '11', name: 'Closed' })
    note('summary: closed', await summary(closed, cy))
    await ann.client('POST', `${roomPath(closed)}/invite`, { user_id: cy.userId })
    note('summary: invited', await summary(closed, cy))
    note('summary: unknown', await summary(`!none:${serverName}`, cy))
    note('summary: malformed', await summary('x', cy))

    const near = async (label: string, query: string, actor = ann) => {
      const answer: Answer = await v1(`/timestamp_to_event?${query}`, actor)
      note(
        `by time: ${label}`,
        { ...answer, request: `GET /_matrix/client/v1${path}/timestamp_to_event` },
        answer.status === 200 ? (called.get(answer.body.event_id) ?? 'another') : answer.body,
      )
    }
    const at = (await ann.client('GET', `${path}/event/${encodeURIComponent(third)}`)).body.origin_server_ts
    await near('at', `ts=${at}&dir=f`)
    await near('at, backwards', `ts=${at}&dir=b`)
    await near('default direction', `ts=${at}`)
    await near('after everything', 'ts=99999999999999&dir=f')
    await near('after everything, backwards', 'ts=99999999999999&dir=b')
    await near('bad time', 'ts=x&dir=f')
    await near('negative', 'ts=-1&dir=f')
    await near('stranger', `ts=${at}&dir=f`, cy)
  },
}
