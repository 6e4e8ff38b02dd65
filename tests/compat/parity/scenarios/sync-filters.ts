import { type Answer, roomPath, type Scenario } from '../stage.ts'

interface Filtered {
  readonly event_id?: string
  readonly type: string
  readonly state_key?: string
}

/** Filters of every kind in /sync, /messages and /context. */
export const syncFilters: Scenario = {
  area: 'sync-filters',
  async run({ register, note, name }) {
    const ann = await register('ann')
    const ben = await register('ben')
    const cy = await register('cy')
    const room = await ann.createRoom('room', { preset: 'public_chat', room_version: '11', name: 'Room' })
    const other = await ann.createRoom('other', { preset: 'public_chat', room_version: '11', name: 'Other' })
    const path = roomPath(room)
    for (const actor of [ben, cy]) await actor.client('POST', `/join/${encodeURIComponent(room)}`, {})
    const called = new Map<string, string>()
    const send = async (actor: typeof ann, label: string, type: string, content: object) => {
      const { body } = await actor.client('PUT', `${path}/send/${type}/${label.replaceAll(' ', '_')}`, content)
      name(`$${label}`, body.event_id)
      called.set(body.event_id, label)
      return body.event_id as string
    }
    const text = { msgtype: 'm.text', body: 'text' }
    const root = await send(ann, 'root', 'm.room.message', text)
    await send(ben, 'picture', 'm.room.message', { msgtype: 'm.image', body: 'picture', url: 'mxc://x/y' })
    await send(ben, 'url number', 'org.example.link', { url: 5 })
    await send(ben, 'thread', 'm.room.message', { ...text, 'm.relates_to': { rel_type: 'm.thread', event_id: root } })
    await send(cy, 'reaction', 'm.reaction', { 'm.relates_to': { rel_type: 'm.annotation', event_id: root, key: 'x' } })
    await send(cy, 'sticker', 'm.sticker', { body: 's', url: 'mxc://x/z', info: {} })
    await ann.client('PUT', `${path}/state/org.example.state/key`, { url: 'mxc://x/s' })
    await ann.say(other, 'elsewhere')
    const own = `/user/${ann.userId}`
    await ann.client('PUT', `${own}/account_data/org.example.a`, { a: 1 })
    await ann.client('PUT', `${own}/account_data/org.example.b`, { b: 1 })
    await ann.client('PUT', `${own}/rooms/${encodeURIComponent(room)}/account_data/org.example.a`, { a: 1 })
    await ann.client('PUT', `${own}/rooms/${encodeURIComponent(room)}/account_data/org.example.b`, { b: 1 })
    await ben.client('POST', `${path}/receipt/m.read/${encodeURIComponent(root)}`, {})

    const label = ({ event_id, type, state_key }: Filtered) =>
      called.get(event_id ?? '') ?? (state_key === undefined ? type : `${type} ${state_key}`)
    const labels = (part: { events: Filtered[] } | undefined) => part?.events.map(label) ?? []
    const sync = async (of: string, filter: object, query = '') => {
      const answer = await ann.client('GET', `/sync?timeout=0${query}&filter=${encodeURIComponent(JSON.stringify(filter))}`)
      const joined = answer.body.rooms?.join ?? {}
      const body =
        answer.status !== 200
          ? answer.body
          : Object.fromEntries(
              Object.entries<Record<string, never>>(joined)
                .toSorted(([a], [b]) => (a === room ? -1 : b === room ? 1 : 0))
                .map(([id, section]) => [
                  id,
                  {
                    timeline: labels(section.timeline),
                    limited: (section.timeline as { limited: boolean } | undefined)?.limited,
                    state: labels(section.state).sort(),
                    ephemeral: labels(section.ephemeral)
                      .filter((type) => type !== 'm.typing')
                      .sort(),
                    account_data: labels(section.account_data).sort(),
                  },
                ]),
            )
      note(of, { ...answer, request: 'GET /_matrix/client/v3/sync' }, body)
      return answer
    }
    const all = { limit: 50 }
    const timeline = (of: string, filter: object) =>
      sync(`timeline: ${of}`, { room: { not_rooms: [other], timeline: { ...all, ...filter } } })
    await timeline('all', {})
    await timeline('types', { types: ['m.room.message'] })
    await timeline('types: wildcard', { types: ['m.room.m*', 'm.s*'] })
    await timeline('types: everything', { types: ['*'] })
    await timeline('types: nothing', { types: [] })
    await timeline('types: not', { not_types: ['m.room.*'] })
    await timeline('types: both', { types: ['m.room.message', 'm.reaction'], not_types: ['m.reaction'] })
    await timeline('types: not: nothing', { not_types: [] })
    await timeline('types: not a pattern', { types: ['m.room.m?ssage'] })
    await timeline('senders', { senders: [ben.userId] })
    await timeline('senders: none', { senders: [] })
    await timeline('senders: not', { not_senders: [ann.userId] })
    await timeline('senders: both', { senders: [ben.userId, cy.userId], not_senders: [cy.userId] })
    await timeline('url', { contains_url: true })
    await timeline('no url', { contains_url: false })
    await timeline('rooms: others', { rooms: [other] })
    await timeline('rooms: not this', { not_rooms: [room] })
    await timeline('rooms: none', { rooms: [] })
    await timeline('related by sender', { related_by_senders: [cy.userId] })
    await timeline('related by kind', { related_by_rel_types: ['m.thread'] })
    await timeline('related by kinds', { related_by_rel_types: ['m.annotation', 'm.none'] })
    await timeline('related by sender and kind', { related_by_senders: [cy.userId], related_by_rel_types: ['m.thread'] })
    await timeline('limit 2', { limit: 2 })
    await timeline('limit 2 of messages', { limit: 2, types: ['m.room.message'] })
    await timeline('limit 0', { limit: 0 })
    await timeline('limit large', { limit: 5000 })
    const state = (of: string, filter: object) =>
      sync(`state: ${of}`, { room: { not_rooms: [other], timeline: { limit: 1 }, state: filter } })
    await state('all', {})
    await state('types', { types: ['m.room.name'] })
    await state('types: not', { not_types: ['m.room.*'] })
    await state('senders', { senders: [ben.userId] })
    await state('senders: not', { not_senders: [ann.userId] })
    await state('url', { contains_url: true })
    await state('rooms: not this', { not_rooms: [room] })
    await state('lazy members', { lazy_load_members: true })
    await state('lazy members of a type', { lazy_load_members: true, types: ['m.room.member'] })
    await state('lazy members, but none', { lazy_load_members: true, not_types: ['m.room.member'] })
    await state('limit', { limit: 1 })
    const data = (of: string, filter: object) =>
      sync(`room data: ${of}`, { room: { not_rooms: [other], timeline: { limit: 0 }, state: { types: [] }, ...filter } })
    await data('all', {})
    await data('types', { account_data: { types: ['org.example.a'] } })
    await data('types: not', { account_data: { not_types: ['org.example.a'] } })
    await data('rooms: not this', { account_data: { not_rooms: [room] } })
    await data('receipts: not', { ephemeral: { not_types: ['m.receipt'] } })
    await data('receipts only', { ephemeral: { types: ['m.receipt'] } })
    await data('ephemeral: rooms', { ephemeral: { rooms: [other] } })
    await data('ephemeral: senders', { ephemeral: { senders: [cy.userId] } })
    await sync('rooms: both', { room: { timeline: { limit: 1 }, state: { types: [] } } })
    await sync('rooms: one', { room: { rooms: [other], timeline: { limit: 1 }, state: { types: [] } } })
    await sync('rooms: not one', { room: { not_rooms: [other], timeline: { limit: 1 }, state: { types: [] } } })
    await sync('rooms: both lists', { room: { rooms: [room, other], not_rooms: [other], timeline: { limit: 1 }, state: { types: [] } } })
    const global = async (of: string, filter: object) => {
      const answer = await ann.client(
        'GET',
        `/sync?timeout=0&filter=${encodeURIComponent(JSON.stringify({ room: { rooms: [] }, ...filter }))}`,
      )
      const types = answer.body.account_data?.events.map(({ type }: Filtered) => type).sort() ?? []
      note(`account data: ${of}`, { ...answer, request: 'GET /_matrix/client/v3/sync' }, answer.status === 200 ? types : answer.body)
    }
    await global('all', {})
    await global('types', { account_data: { types: ['org.example.a', 'm.push_rules'] } })
    await global('types: wildcard', { account_data: { types: ['org.*'] } })
    await global('types: not', { account_data: { not_types: ['m.push_rules', 'org.example.b'] } })
    await global('types: none', { account_data: { types: [] } })

    const { next_batch } = (await ann.client('GET', '/sync?timeout=0')).body
    await send(ben, 'news', 'm.room.message', text)
    await ann.client('PUT', `${path}/state/org.example.state/key`, { changed: true })
    const since = (of: string, filter: object) => sync(`news: ${of}`, filter, `&since=${next_batch}`)
    await since('all', {})
    await since('not from ben', { room: { timeline: { not_senders: [ben.userId] } } })
    await since('nothing of the room', { room: { timeline: { types: [] } } })
    await since('rooms: not this', { room: { not_rooms: [room] } })
    await since('state that is no timeline', { room: { timeline: { not_types: ['org.*'] } } })

    const page = async (of: string, filter: object, limit = 50) => {
      const answer = await ann.client('GET', `${path}/messages?dir=b&limit=${limit}&filter=${encodeURIComponent(JSON.stringify(filter))}`)
      note(
        `messages: ${of}`,
        { ...answer, request: `GET /_matrix/client/v3${path}/messages` },
        answer.body.chunk?.map(label) ?? answer.body,
      )
    }
    await page('url', { contains_url: true })
    await page('no url', { contains_url: false })
    await page('not senders', { not_senders: [ann.userId] })
    await page('types, wildcard', { types: ['m.*'], not_types: ['m.room.*'] })
    await page('rooms: not this', { not_rooms: [room] })
    await page('rooms: other', { rooms: [other] })
    await page('related by senders', { related_by_senders: [ben.userId] })
    await page('limit in the filter', { limit: 1 })
    const around = async (of: string, filter: object) => {
      const answer = await ann.client(
        'GET',
        `${path}/context/${encodeURIComponent(root)}?limit=50&filter=${encodeURIComponent(JSON.stringify(filter))}`,
      )
      const body =
        answer.status === 200
          ? {
              before: labels({ events: answer.body.events_before }),
              after: labels({ events: answer.body.events_after }),
              event: label(answer.body.event),
              state: labels({ events: answer.body.state }).sort(),
            }
          : answer.body
      note(`context: ${of}`, { ...answer, request: `GET /_matrix/client/v3${path}/context/$root` } as Answer, body)
    }
    await around('types', { types: ['m.reaction'] })
    await around('senders', { senders: [ben.userId] })
    await around('lazy members', { lazy_load_members: true, types: ['m.room.message'] })
  },
}
