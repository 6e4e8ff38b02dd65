import { type Actor, type Answer, roomPath, type Scenario } from '../stage.ts'

/** Who may come into rooms, and who may do what to whom there: rules by version, levels, creators. */
export const joinRules: Scenario = {
  area: 'join-rules',
  async run({ register, serverName, note, name, until }) {
    const ann = await register('ann')
    const ben = await register('ben')
    const cy = await register('cy')
    const dee = await register('dee')
    const join = (actor: Actor, room: string, body: object = {}) => actor.client('POST', `/join/${encodeURIComponent(room)}`, body)
    const knock = (actor: Actor, room: string) => actor.client('POST', `/knock/${encodeURIComponent(room)}`, { reason: 'please' })
    const act = (actor: Actor, action: string, room: string, target: Actor, more: object = {}) =>
      actor.client('POST', `${roomPath(room)}/${action}`, { user_id: target.userId, ...more })
    const state = (actor: Actor, room: string, type: string, content: object, key = '') =>
      actor.client('PUT', `${roomPath(room)}/state/${type}/${encodeURIComponent(key)}`, content).then(withoutEventId)
    const rule = (join_rule: string, more: object = {}) => ({ type: 'm.room.join_rules', state_key: '', content: { join_rule, ...more } })
    const room = (label: string, room_version: string, ...initial_state: object[]) =>
      ann.createRoom(label, { preset: 'private_chat', room_version, initial_state })

    const club = await ann.createRoom('club', { preset: 'public_chat', room_version: '11' })
    await join(ben, club)
    const allow = [{ type: 'm.room_membership', room_id: club }]
    for (const version of ['6', '7', '8', '10', '12']) {
      for (const kind of ['knock', 'restricted', 'knock_restricted', 'private', 'odd']) {
        const made = await room(`${kind} ${version}`, version, rule(kind, kind.includes('restricted') ? { allow } : {}))
        note(`${version}: ${kind}: join of a member of the club`, await join(ben, made))
        note(`${version}: ${kind}: join of a stranger`, await join(cy, made))
        note(`${version}: ${kind}: knock of a stranger`, await knock(cy, made))
        await act(ann, 'invite', made, dee)
        note(`${version}: ${kind}: join of an invited one`, await join(dee, made))
      }
    }
    const restricted = await room(
      'restricted to none',
      '11',
      rule('restricted', { allow: [{ type: 'm.room_membership', room_id: `!none:${serverName}` }] }),
    )
    note('restricted to an unknown room', await join(ben, restricted))
    const powerless = await ann.createRoom('powerless', {
      preset: 'private_chat',
      room_version: '11',
      power_level_content_override: { invite: 100 },
      initial_state: [rule('restricted', { allow })],
    })
    note('restricted: someone may invite', await join(ben, powerless))
    note('restricted: event', await ann.client('GET', `${roomPath(powerless)}/state/m.room.member/${ben.userId}`))
    await ben.client('PUT', `/profile/${ben.userId}/displayname`, { displayname: 'Ben' })
    const renamed = await until(
      () => ann.client('GET', `${roomPath(powerless)}/state/m.room.member/${ben.userId}`),
      ({ body }) => body.displayname === 'Ben',
    )
    note('restricted: event after another name', renamed)
    await ann.client('POST', `${roomPath(powerless)}/leave`, {})
    await ben.client('POST', `${roomPath(powerless)}/leave`, {})
    note('restricted: nobody may invite', await join(ben, powerless))

    const open = await ann.createRoom('open', { preset: 'public_chat', room_version: '11' })
    for (const actor of [ben, cy]) await join(actor, open)
    const levels = async (users: object, more: object = {}) => {
      const { body } = await ann.client('GET', `${roomPath(open)}/state/m.room.power_levels`)
      return { ...body, users: { ...body.users, ...users }, ...more }
    }
    note('levels: raise', await state(ann, open, 'm.room.power_levels', await levels({ [ben.userId]: 50 })))
    note('levels: to one’s own', await state(ben, open, 'm.room.power_levels', await levels({ [cy.userId]: 50 })))
    note('levels: above one’s own', await state(ben, open, 'm.room.power_levels', await levels({ [cy.userId]: 51 })))
    await state(ann, open, 'm.room.power_levels', await levels({ [ben.userId]: 50, [cy.userId]: 50 }, { events: {} }))
    note('levels: lower an equal', await state(ben, open, 'm.room.power_levels', await levels({ [cy.userId]: 0 })))
    note('levels: lower oneself', await state(ben, open, 'm.room.power_levels', await levels({ [ben.userId]: 10 })))
    note('levels: lower somebody above', await state(cy, open, 'm.room.power_levels', await levels({ [ann.userId]: 0 })))
    note('levels: ban above one’s own', await state(cy, open, 'm.room.power_levels', await levels({}, { ban: 60 })))
    note('levels: without users', await state(ann, open, 'm.room.power_levels', { ban: 50 }))
    note('kick: an equal', await act(cy, 'kick', open, ann))
    note('ban: without level', await act(ben, 'ban', open, cy))
    note('state key of another', await state(ann, open, 'org.example.x', {}, ben.userId))
    note('state key like a user', await state(ann, open, 'org.example.x', {}, '@nobody'))

    const twelve = await ann.createRoom('twelve', {
      preset: 'public_chat',
      room_version: '12',
      creation_content: { additional_creators: [ben.userId] },
    })
    for (const actor of [ben, cy]) await join(actor, twelve)
    const inTwelve = async (users: object) => {
      const { body } = await ann.client('GET', `${roomPath(twelve)}/state/m.room.power_levels`)
      return { ...body, users: { ...body.users, ...users } }
    }
    note('creators: raise another', await state(ben, twelve, 'm.room.power_levels', await inTwelve({ [cy.userId]: 150 })))
    note('creators: in the levels', await state(ann, twelve, 'm.room.power_levels', await inTwelve({ [ben.userId]: 100 })))
    note('creators: kicked by one with a level', await act(cy, 'kick', twelve, ann))
    note('creators: kicked by a creator', await act(ann, 'kick', twelve, ben))
    note('creators: tombstone by one with a level', await state(cy, twelve, 'm.room.tombstone', { body: 'x', replacement_room: club }))
    note('creators: may do what needs any level', await state(ben, twelve, 'm.room.topic', { topic: 'x' }))
    await state(ben, twelve, 'm.room.power_levels', await inTwelve({ [cy.userId]: 9007199254740991 }))
    note('creators: above the highest', await act(ben, 'kick', twelve, cy))

    const invites = await room('invites', '11')
    const invite = (content: object) => state(ann, invites, 'm.room.third_party_invite', content, 'token')
    note('third party: event', await invite({ display_name: 'd', public_key: 'k', key_validity_url: 'https://x.example/' }))
    await act(ann, 'invite', invites, ben)
    await join(ben, invites)
    note('third party: by the powerless', await state(ben, invites, 'm.room.third_party_invite', {}, 'other').then(withoutEventId))
    const signed = { mxid: cy.userId, token: 'token', sender: ann.userId, signatures: { 'x.example': { 'ed25519:0': 'c2ln' } } }
    note('third party: join with a wrong signature', await join(cy, invites, { third_party_signed: signed }))
    note(
      'third party: invite with a wrong signature',
      await state(ann, invites, 'm.room.member', { membership: 'invite', third_party_invite: { display_name: 'd', signed } }, cy.userId),
    )
    note('third party: join with nonsense', await join(cy, invites, { third_party_signed: 5 }))

    const guests = await room('guests', '11', { type: 'm.room.guest_access', state_key: '', content: { guest_access: 'forbidden' } })
    note('guest access: is state as any other', await ann.client('GET', `${roomPath(guests)}/state/m.room.guest_access`))

    const knockable = await room('knockable', '11', rule('knock'))
    await knock(cy, knockable)
    const knocked = await cy.client('GET', '/sync?timeout=0')
    name('<since>', knocked.body.next_batch)
    const strip = ({ type, state_key, sender, content }: StateEvent) => ({ type, state_key, sender, content })
    const shown: StateEvent[] = knocked.body.rooms.knock[knockable].knock_state.events
    note(
      'knock: sync',
      at(knocked),
      shown.map(strip).toSorted((a, b) => (a.type + a.state_key < b.type + b.state_key ? -1 : 1)),
    )
    note('knock: turned down', await act(ann, 'kick', knockable, cy, { reason: 'no' }))
    const refused = await cy.client('GET', `/sync?timeout=0&since=${knocked.body.next_batch}`)
    note(
      'knock: turned down: sync',
      at(refused),
      Object.fromEntries(Object.entries<Record<string, object>>(refused.body.rooms).map(([kind, rooms]) => [kind, Object.keys(rooms)])),
    )
    await knock(cy, knockable)
    note('knock: taken back', await cy.client('POST', `${roomPath(knockable)}/leave`, {}))
    await knock(cy, knockable)
    note('knock: ban', await act(ann, 'ban', knockable, cy))
    note('knock: banned', await knock(cy, knockable))
  },
}

interface StateEvent {
  readonly type: string
  readonly state_key: string
  readonly sender: string
  readonly content: unknown
}

function withoutEventId(answer: Answer): Answer {
  return answer.status === 200 ? { ...answer, body: Object.keys(answer.body) } : answer
}

function at(answer: Answer): Answer {
  return { ...answer, request: 'GET /_matrix/client/v3/sync' }
}
