import { type Answer, roomPath, type Scenario, sortedState } from '../stage.ts'

export const messages: Scenario = {
  area: 'messages',
  async run({ register, serverName, api, note, name }) {
    const root = await register('root', { admin: true })
    const ann = await register('ann')
    const ben = await register('ben')
    const dee = await register('dee')
    const room = await ann.createRoom('room', { preset: 'public_chat', room_version: '11' })
    const path = roomPath(room)
    await ben.client('POST', `/join/${encodeURIComponent(room)}`, {})
    const send = async (label: string, type: string, content: unknown, txn = label) => {
      const answer = await ann.client('PUT', `${path}/send/${type}/${txn}`, content)
      if (answer.body.event_id) name(`$${label}`, answer.body.event_id)
      return answer
    }
    const text = (body: string) => ({ msgtype: 'm.text', body })

    note('send', await send('one', 'm.room.message', text('one')))
    note('send: same transaction', await ann.client('PUT', `${path}/send/m.room.message/one`, text('other')))
    const two = (await send('two', 'm.room.message', text('two'))).body.event_id
    const relate = (rel_type: string, event_id: string, more: Readonly<Record<string, unknown>> = {}) => ({
      'm.relates_to': { rel_type, event_id, ...more },
    })
    const thumb = relate('m.annotation', two, { key: '👍' })
    note('send: reaction', await send('reaction', 'm.reaction', thumb))
    note('send: same reaction', await ann.client('PUT', `${path}/send/m.reaction/again`, thumb))
    const edited = { ...text('* two!'), 'm.new_content': text('two!'), ...relate('m.replace', two) }
    note('send: edit', await send('edit', 'm.room.message', edited))
    const threaded = await send('thread', 'm.room.message', { ...text('in a thread'), ...relate('m.thread', two) })
    note('send: thread', threaded)
    const nested = { ...text('x'), ...relate('m.thread', threaded.body.event_id) }
    note('send: thread in a thread', await ann.client('PUT', `${path}/send/m.room.message/nested`, nested))
    note('send: reference', await send('reference', 'm.room.message', { ...text('see'), ...relate('m.reference', two) }))
    note(
      'send: relation to nothing',
      await ann.client('PUT', `${path}/send/m.room.message/nothing`, {
        ...text('x'),
        'm.relates_to': { rel_type: 'm.thread', event_id: '$none' },
      }),
    )
    note('send: unknown type', await send('custom', 'org.example.custom', { any: { thing: [1, null, true] } }))
    const regretted = (await send('regretted', 'm.room.message', text('regretted'))).body.event_id
    note(
      'redact',
      await ann.client('PUT', `${path}/redact/${encodeURIComponent(regretted)}/r1`, { reason: 'slip' }).then(named('redaction')),
    )
    note('redact: same transaction', await ann.client('PUT', `${path}/redact/${encodeURIComponent(regretted)}/r1`, { reason: 'slip' }))
    note('redact: again', await ann.client('PUT', `${path}/redact/${encodeURIComponent(regretted)}/r2`, {}).then(named('second redaction')))
    note('redact: of somebody else', await ben.client('PUT', `${path}/redact/${encodeURIComponent(two)}/r3`, {}))
    note('redact: by a stranger', await dee.client('PUT', `${path}/redact/${encodeURIComponent(two)}/r5`, {}))

    const aside = await ann.createRoom('aside', { room_version: '11' })
    const ofNothing = await ann.client('PUT', `${roomPath(aside)}/redact/$none/r4`, {})
    note('redact: unknown', ofNothing)
    const newest = await ann.client('GET', `${roomPath(aside)}/messages?dir=b&limit=1`)
    note('redact: unknown: is shown', newest, newest.body.chunk[0]?.event_id === ofNothing.body.event_id)
    const asMessage = await ann.client('PUT', `${roomPath(aside)}/send/m.room.redaction/x`, { redacts: '$none' })
    note('redact: by sending', asMessage, Object.keys(asMessage.body))

    for (const [label, type, content] of [
      ['without body', 'm.room.message', { msgtype: 'm.text' }],
      ['without msgtype', 'm.room.message', { body: 'x' }],
      ['body number', 'm.room.message', { msgtype: 'm.text', body: 5 }],
      ['fraction', 'org.example.x', { a: 1.5 }],
      ['too large a number', 'org.example.x', { a: 2 ** 53 }],
      ['too large', 'm.room.message', text('x'.repeat(65_536))],
      ['list', 'org.example.x', []],
      ['create', 'm.room.create', {}],
      ['member', 'm.room.member', { membership: 'join' }],
    ] as const) {
      note(
        `send: refused: ${label}`,
        await ann.client('PUT', `${path}/send/${type}/x${label.replaceAll(' ', '')}`, content).then(withoutEventId),
      )
    }
    note('send: no JSON', await ann.api('PUT', `/_matrix/client/v3${path}/send/m.room.message/y1`, { raw: '{' }))
    note('send: not a member', await dee.client('PUT', `${path}/send/m.room.message/y2`, text('x')))
    note('send: unknown room', await ann.client('PUT', `${roomPath(`!none:${serverName}`)}/send/m.room.message/y3`, text('x')))
    note('send: malformed room', await ann.client('PUT', '/rooms/x/send/m.room.message/y4', text('x')))
    note('send: without token', await api('PUT', `/_matrix/client/v3${path}/send/m.room.message/y5`, { body: text('x') }))

    const state = (method: string, type: string, content?: unknown, actor = ann) => actor.client(method, `${path}/state/${type}`, content)
    note('state: set', await state('PUT', 'm.room.topic', { topic: 'first' }).then(named('topic')))
    note('state: same again', await state('PUT', 'm.room.topic', { topic: 'first' }))
    note('state: other', await state('PUT', 'm.room.topic', { topic: 'second' }).then(named('second topic')))
    note('state: read', await state('GET', 'm.room.topic'))
    note('state: read as event', await state('GET', 'm.room.topic?format=event'))
    note('state: read: bad format', await state('GET', 'm.room.topic?format=x'))
    note('state: read: none', await state('GET', 'org.example.none'))
    note('state: read: not a member', await state('GET', 'm.room.topic', undefined, dee))
    note('state: with key', await state('PUT', 'org.example.x/key', { a: 1 }).then(named('keyed')))
    note('state: with key: read', await state('GET', 'org.example.x/key'))
    note('state: empty key', await state('GET', 'm.room.topic/'))
    note('state: powerless', await state('PUT', 'm.room.name', { name: 'x' }, ben))
    note('state: key of another user', await state('PUT', `org.example.x/${ann.userId}`, {}, ben))
    note('state: create', await state('PUT', 'm.room.create', {}))
    note('state: topic number', await state('PUT', 'm.room.topic', { topic: 5 }))
    note('state: levels: bad user', await state('PUT', 'm.room.power_levels', { users: { x: 1 } }))
    note('state: levels: text', await state('PUT', 'm.room.power_levels', { users: { [ann.userId]: '100' } }))
    note('state: levels: above oneself', await state('PUT', 'm.room.power_levels', { users: { [ann.userId]: 101 } }))
    note('state: acl against ourselves', await state('PUT', 'm.room.server_acl', { deny: [serverName] }))
    note('state: encryption odd', await state('PUT', 'm.room.encryption', { algorithm: 5 }).then(withoutEventId))

    const page = async (label: string, query: string, actor = ann) => {
      const answer = await actor.client('GET', `${path}/messages?${query}`)
      note(label, answer)
      return answer
    }
    await page('page: newest', 'dir=b&limit=100')
    await page('page: oldest', 'dir=f&limit=5')
    await page('page: whole, forwards', 'dir=f&limit=100')
    const first = await page('page: two', 'dir=b&limit=2')
    name('<second page>', first.body.end)
    await page('page: next two', `dir=b&limit=2&from=${first.body.end}`)
    await page('page: back again', `dir=f&limit=2&from=${first.body.end}`)
    const filtered = (filter: unknown) => `dir=b&limit=50&filter=${encodeURIComponent(JSON.stringify(filter))}`
    await page('page: filter: types', filtered({ types: ['m.room.topic'] }))
    await page('page: filter: not types', filtered({ not_types: ['m.room.*'] }))
    await page('page: filter: senders', filtered({ senders: [ben.userId] }))
    await page('page: filter: relations', filtered({ related_by_rel_types: ['m.thread'] }))
    await page('page: filter: lazy members', `dir=b&limit=1&filter=${encodeURIComponent('{"lazy_load_members":true}')}`)
    await page('page: filter: no JSON', 'dir=b&filter=x')
    await page('page: filter: bad types', filtered({ types: 5 }))
    await page('page: default direction', 'limit=1')
    await page('page: bad direction', 'dir=x')
    await page('page: bad limit', 'dir=b&limit=x')
    await page('page: negative limit', 'dir=b&limit=-1')
    await page('page: limit 0', 'dir=b&limit=0')
    await page('page: bad token', 'dir=b&from=x')
    await page('page: not a member', 'dir=b', dee)
    note('page: unknown room', await ann.client('GET', `${roomPath(`!none:${serverName}`)}/messages?dir=b`))

    const event = (id: string, actor = ann) => actor.client('GET', `${path}/event/${encodeURIComponent(id)}`)
    note('event', await event(two))
    note('event: redacted', await event(regretted))
    note('event: unknown', await event('$none'))
    note('event: not a member', await event(two, dee))
    note('context', await ann.client('GET', `${path}/context/${encodeURIComponent(two)}?limit=2`).then(withSortedState))
    note('context: limit 0', await ann.client('GET', `${path}/context/${encodeURIComponent(two)}?limit=0`).then(withSortedState))
    note('context: unknown', await ann.client('GET', `${path}/context/$none`))
    note('context: bad limit', await ann.client('GET', `${path}/context/${encodeURIComponent(two)}?limit=x`))
    const relations = `/_matrix/client/v1${path}/relations`
    note('relations', await ann.client('GET', `${relations}/${encodeURIComponent(two)}`))
    note('relations: of a kind', await ann.client('GET', `${relations}/${encodeURIComponent(two)}/m.annotation/m.reaction`))
    note('relations: limit', await ann.client('GET', `${relations}/${encodeURIComponent(two)}?limit=1`))
    note('relations: forwards', await ann.client('GET', `${relations}/${encodeURIComponent(two)}?dir=f`))
    note('relations: unknown', await ann.client('GET', `${relations}/$none`))
    note('threads', await ann.client('GET', `/_matrix/client/v1${path}/threads`))
    note('threads: bad include', await ann.client('GET', `/_matrix/client/v1${path}/threads?include=x`))
    const near = (query: string) => ann.client('GET', `/_matrix/client/v1${path}/timestamp_to_event?${query}`)
    note('by time: before everything', await near('ts=1&dir=b'))
    note('by time: without time', await near('dir=b'))
    note('by time: bad direction', await near('ts=1&dir=x'))
    note('state at the end', await ann.client('GET', `${path}/state`).then((answer: Answer) => ({ ...answer, body: answer.body.length })))

    await ben.client('POST', `${path}/leave`, {})
    await ann.say(room, 'later')
    const left = await ben.client('GET', `${path}/messages?dir=b&limit=2`)
    note('left: page', left)
    note(
      'left: later event',
      await ben.client(
        'GET',
        `${path}/event/${encodeURIComponent((await ann.client('GET', `${path}/messages?dir=b&limit=1`)).body.chunk[0].event_id)}`,
      ),
    )
    note('left: state', await ben.client('GET', `${path}/state/m.room.topic`))
    note('admin, not a member', await root.client('GET', `${path}/messages?dir=b&limit=1`))

    function named(label: string) {
      return (answer: Answer) => {
        if (answer.body.event_id) name(`$${label}`, answer.body.event_id)
        return answer
      }
    }
  },
}

function withoutEventId(answer: Answer): Answer {
  return answer.status === 200 ? { ...answer, body: Object.keys(answer.body) } : answer
}

function withSortedState(answer: Answer): Answer {
  return { ...answer, body: { ...answer.body, state: sortedState(answer.body.state) } }
}
