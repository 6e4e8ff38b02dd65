import { roomPath, type Scenario } from '../stage.ts'

const KINDS = ['override', 'content', 'room', 'sender', 'underride']

/** What clients keep on the server: account data, tags, filters, receipts, typing, push rules. */
export const clientData: Scenario = {
  area: 'client-data',
  async run({ register, serverName, note, api }) {
    const ann = await register('ann')
    const ben = await register('ben')
    const room = await ann.createRoom('room', { preset: 'public_chat', room_version: '11' })
    const event = await ann.say(room, 'hello')
    const own = `/user/${ann.userId}`

    note('data: set', await ann.client('PUT', `${own}/account_data/org.example.x`, { a: 1 }))
    note('data: read', await ann.client('GET', `${own}/account_data/org.example.x`))
    note('data: none', await ann.client('GET', `${own}/account_data/org.example.none`))
    note('data: of another', await ben.client('GET', `${own}/account_data/org.example.x`))
    note('data: of another: set', await ben.client('PUT', `${own}/account_data/org.example.x`, {}))
    note('data: list', await ann.client('PUT', `${own}/account_data/org.example.x`, []))
    note('data: push rules', await ann.client('PUT', `${own}/account_data/m.push_rules`, {}))
    note('data: fully read', await ann.client('PUT', `${own}/account_data/m.fully_read`, {}))
    const inRoom = `${own}/rooms/${encodeURIComponent(room)}`
    note('room data: set', await ann.client('PUT', `${inRoom}/account_data/org.example.x`, { b: 2 }))
    note('room data: read', await ann.client('GET', `${inRoom}/account_data/org.example.x`))
    note('room data: none', await ann.client('GET', `${inRoom}/account_data/org.example.none`))
    note('room data: malformed room', await ann.client('PUT', `${own}/rooms/x/account_data/org.example.x`, {}))
    note('room data: fully read', await ann.client('PUT', `${inRoom}/account_data/m.fully_read`, { event_id: event }))
    note('tags: none', await ann.client('GET', `${inRoom}/tags`))
    note('tags: set', await ann.client('PUT', `${inRoom}/tags/m.favourite`, { order: 0.25 }))
    note('tags: set without order', await ann.client('PUT', `${inRoom}/tags/u.work`, {}))
    note('tags: read', await ann.client('GET', `${inRoom}/tags`))
    note('tags: delete', await ann.client('DELETE', `${inRoom}/tags/u.work`))
    note('tags: delete again', await ann.client('DELETE', `${inRoom}/tags/u.work`))
    note('tags: of another', await ben.client('GET', `${inRoom}/tags`))

    const filter = await ann.client('POST', `${own}/filter`, { room: { timeline: { limit: 10 } } })
    note('filter: make', filter)
    note('filter: same again', await ann.client('POST', `${own}/filter`, { room: { timeline: { limit: 10 } } }))
    note('filter: read', await ann.client('GET', `${own}/filter/${filter.body.filter_id}`))
    note('filter: unknown', await ann.client('GET', `${own}/filter/999`))
    note('filter: malformed id', await ann.client('GET', `${own}/filter/x`))
    note('filter: of another', await ben.client('GET', `${own}/filter/0`))
    note('filter: make for another', await ben.client('POST', `${own}/filter`, {}))
    note(
      'filter: bad',
      await ann.client('POST', `${own}/filter`, { room: 5 }).then((answer) => ({ ...answer, body: { errcode: answer.body.errcode } })),
    )

    const receipt = (type: string, id: string, body: unknown = {}, actor = ann) =>
      actor.client('POST', `${roomPath(room)}/receipt/${type}/${encodeURIComponent(id)}`, body)
    note('receipt', await receipt('m.read', event))
    note('receipt: private', await receipt('m.read.private', event))
    note('receipt: unknown type', await receipt('org.example.x', event))
    note('receipt: unknown event', await receipt('m.read', '$none'))
    note('receipt: not a member', await receipt('m.read', event, {}, ben))
    note('receipt: main thread', await receipt('m.read', event, { thread_id: 'main' }))
    note('receipt: empty thread', await receipt('m.read', event, { thread_id: '' }))
    note('receipt: thread number', await receipt('m.read', event, { thread_id: 5 }))
    note('receipt: fully read in a thread', await receipt('m.fully_read', event, { thread_id: 'main' }))
    note('read markers', await ann.client('POST', `${roomPath(room)}/read_markers`, { 'm.fully_read': event }))
    note('read markers: none', await ann.client('POST', `${roomPath(room)}/read_markers`, {}))
    note('read markers: unknown room', await ann.client('POST', `${roomPath(`!none:${serverName}`)}/read_markers`, { 'm.read': event }))

    const typing = (body: unknown, user = ann.userId, actor = ann) => actor.client('PUT', `${roomPath(room)}/typing/${user}`, body)
    note('typing', await typing({ typing: true, timeout: 1000 }))
    note('typing: no more', await typing({ typing: false }))
    note('typing: for another', await typing({ typing: true }, ben.userId))
    note('typing: not a member', await typing({ typing: true }, ben.userId, ben))
    note('typing: missing', await typing({}))
    note('typing: negative', await typing({ typing: true, timeout: -1 }))

    const rules = await ann.client('GET', '/pushrules/')
    note(
      'push rules: ids',
      rules,
      Object.fromEntries(
        Object.entries<{ rule_id: string }[]>(rules.body.global)
          .filter(([kind]) => KINDS.includes(kind))
          .map(([kind, list]) => [
            kind,
            list.map(({ rule_id }) => rule_id).filter((id) => !id.startsWith('.org.') && !id.startsWith('.io.')),
          ]),
      ),
    )
    const rule = (method: string, path: string, body?: unknown) => ann.client(method, `/pushrules/global/${path}`, body)
    note('push rules: make', await rule('PUT', 'content/mine', { pattern: 'cake', actions: ['notify', { set_tweak: 'highlight' }] }))
    note('push rules: read', await rule('GET', 'content/mine'))
    note('push rules: disable', await rule('PUT', 'content/mine/enabled', { enabled: false }))
    note('push rules: enabled', await rule('GET', 'content/mine/enabled'))
    note('push rules: actions', await rule('PUT', 'content/mine/actions', { actions: [] }))
    note('push rules: actions: read', await rule('GET', 'content/mine/actions'))
    note('push rules: of a room', await rule('PUT', `room/${encodeURIComponent(room)}`, { actions: [] }))
    note(
      'push rules: override',
      await rule('PUT', 'override/mine', { conditions: [{ kind: 'event_match', key: 'type', pattern: 'x' }], actions: [] }),
    )
    note('push rules: before', await rule('PUT', 'override/other?before=mine', { conditions: [], actions: [] }))
    note('push rules: before nothing', await rule('PUT', 'override/third?before=none', { conditions: [], actions: [] }))
    note('push rules: without pattern', await rule('PUT', 'content/x', { actions: [] }))
    note('push rules: without actions', await rule('PUT', 'content/x', { pattern: 'x' }))
    note('push rules: unknown action', await rule('PUT', 'content/x', { pattern: 'x', actions: ['x'] }))
    note('push rules: reserved id', await rule('PUT', 'content/.m.x', { pattern: 'x', actions: [] }))
    note('push rules: unknown kind', await rule('PUT', 'none/x', { actions: [] }))
    note('push rules: read unknown', await rule('GET', 'content/none'))
    note('push rules: delete', await rule('DELETE', 'content/mine'))
    note('push rules: delete again', await rule('DELETE', 'content/mine'))
    note('push rules: delete default', await rule('DELETE', 'override/.m.rule.master'))
    note('push rules: enable unknown', await rule('PUT', 'content/none/enabled', { enabled: true }))
    note('pushers', await ann.client('GET', '/pushers'))
    note('pushers: incomplete', await ann.client('POST', '/pushers/set', { kind: 'http' }))
    note('to device: number', await ann.client('PUT', '/sendToDevice/x/1', { messages: 5 }))
    note('to device: missing', await ann.client('PUT', '/sendToDevice/x/2', {}))

    note('no path', await api('GET', '/_matrix/client/v3/none'))
    note('no path: versions of old', await api('GET', '/_matrix/client/api/v9/login'))
    note('no method', await api('DELETE', '/_matrix/client/v3/login'))
    note('r0', await api('GET', '/_matrix/client/r0/account/whoami'))
    note('body: no JSON', await ann.api('PUT', `/_matrix/client/v3${own}/account_data/org.example.x`, { raw: 'x' }))
    note('body: empty', await ann.api('PUT', `/_matrix/client/v3${own}/account_data/org.example.x`))
    note(
      'token: lower case scheme',
      await api('GET', '/_matrix/client/v3/joined_rooms', { headers: { authorization: `bearer ${ann.accessToken}` } }),
    )
  },
}
