import { type Answer, roomPath, type Scenario } from '../stage.ts'

/** Which members a lazily loading client is told, and what rooms without a name are called after. */
export const syncMembers: Scenario = {
  area: 'sync-members',
  async run({ register, note, logIn }) {
    const ann = await register('ann')
    const others = []
    for (const name of ['ben', 'cy', 'dee', 'eve', 'fay', 'gus', 'hal']) others.push(await register(name))
    const [ben, cy, dee, eve] = others as [typeof ann, typeof ann, typeof ann, typeof ann]
    const room = await ann.createRoom('room', { preset: 'public_chat', room_version: '11' })
    const path = roomPath(room)
    const join = (actor: typeof ann) => actor.client('POST', `/join/${encodeURIComponent(room)}`, {})
    let asked = 0
    // another filter each time: Synapse remembers what it answered to the same question
    const lazy = (more: object = {}, limit = 1) =>
      encodeURIComponent(
        JSON.stringify({ presence: { types: [`${++asked}`] }, room: { timeline: { limit }, state: { lazy_load_members: true, ...more } } }),
      )
    let since = ''
    const sync = async (label: string, filter: string, query = '', actor = ann) => {
      const answer: Answer = await actor.client('GET', `/sync?timeout=0&filter=${filter}${since && `&since=${since}`}${query}`)
      const section = answer.body.rooms?.join?.[room]
      const events = (part: { events: { type: string; state_key?: string; sender: string }[] } | undefined) =>
        part?.events
          .filter(({ type }) => type === 'm.room.member')
          .map(({ state_key }) => state_key)
          .sort()
      note(
        label,
        { ...answer, request: 'GET /_matrix/client/v3/sync' },
        section && {
          members: events(section.state),
          timeline: section.timeline?.events.map(({ type, sender }: { type: string; sender: string }) => `${type} ${sender}`),
          summary: section.summary && { ...section.summary, 'm.heroes': section.summary['m.heroes']?.toSorted() },
        },
      )
      since = answer.body.next_batch
    }
    await sync('alone', lazy())
    await join(ben)
    await sync('one more', lazy())
    await ben.say(room, 'one')
    await sync('ben speaks: known', lazy())
    for (const actor of [cy, dee]) await join(actor)
    for (const text of ['a', 'b', 'c']) await cy.say(room, text)
    await sync('a gap with joins', lazy())
    await cy.say(room, 'd')
    await sync('cy speaks again', lazy())
    await cy.say(room, 'e')
    await sync('with redundant ones', lazy({ include_redundant_members: true }))
    for (const actor of others.slice(3)) await join(actor)
    await sync('many', lazy())
    await cy.client('POST', `${path}/leave`, {})
    await sync('cy left', lazy())
    await dee.client('PUT', `/profile/${dee.userId}/displayname`, { displayname: 'Dee' })
    await dee.say(room, 'with a new name')
    await dee.say(room, 'again')
    await sync('a new name in the gap', lazy())
    await ann.client('PUT', `${path}/state/m.room.name`, { name: 'Named' })
    await sync('named', lazy())
    since = ''
    await sync('first: named', lazy())
    await ann.client('PUT', `${path}/state/m.room.name`, { name: '' })
    since = ''
    await sync('first: name empty', lazy())
    since = ''
    await sync('first: full state', lazy({}, 3), '&full_state=true')
    const second = await logIn(ann, 'ann, second')
    since = ''
    await sync('first: another device', lazy({}, 2), '', second)
    for (const actor of others.filter((one) => one !== cy)) await actor.client('POST', `${path}/leave`, {})
    since = ''
    await sync('first: alone again', lazy())
    await ann.client('POST', `${path}/invite`, { user_id: eve.userId })
    since = ''
    await sync('first: one invited', lazy())
  },
}
