import { roomPath, type Scenario } from '../stage.ts'

export const membership: Scenario = {
  area: 'membership',
  async run({ register, userId, localpart, serverName, note, api }) {
    const ann = await register('ann')
    const ben = await register('ben')
    const cy = await register('cy')
    const open = await ann.createRoom('open', { preset: 'public_chat', room_version: '11', room_alias_name: localpart('open') })
    const closed = await ann.createRoom('closed', { preset: 'private_chat', room_version: '11' })
    const knockable = await ann.createRoom('knockable', {
      room_version: '11',
      initial_state: [{ type: 'm.room.join_rules', state_key: '', content: { join_rule: 'knock' } }],
    })
    const restricted = await ann.createRoom('restricted', {
      room_version: '11',
      initial_state: [
        {
          type: 'm.room.join_rules',
          state_key: '',
          content: { join_rule: 'restricted', allow: [{ type: 'm.room_membership', room_id: open }] },
        },
      ],
    })
    const act = (actor: typeof ann, action: string, room: string, body: unknown = {}) =>
      actor.client('POST', `${roomPath(room)}/${action}`, body)
    const memberOf = (room: string, user: typeof ann) => ann.client('GET', `${roomPath(room)}/state/m.room.member/${user.userId}`)
    const enter = (actor: typeof ann, room: string, body: unknown = {}) => actor.client('POST', `/join/${encodeURIComponent(room)}`, body)

    note('join', await enter(ben, open, { reason: 'hello' }))
    note('join: event', await memberOf(open, ben))
    note('join: again', await enter(ben, open))
    note('join: by alias', await enter(cy, `#${localpart('open')}:${serverName}`))
    note('join: by room', await act(cy, 'join', open))
    note('join: invite only', await enter(ben, closed))
    note('join: unknown room', await enter(ben, `!none:${serverName}`))
    note('join: unknown alias', await enter(ben, `#none:${serverName}`))
    note('join: malformed', await enter(ben, 'x'))
    note('join: without token', await api('POST', `/_matrix/client/v3/join/${encodeURIComponent(open)}`, { body: {} }))
    note('join: restricted', await enter(ben, restricted))
    note('join: restricted: event', await memberOf(restricted, ben))
    const dee = await register('dee')
    note('join: restricted: not in the other room', await enter(dee, restricted))

    note('invite', await act(ann, 'invite', closed, { user_id: ben.userId, reason: 'come' }))
    note('invite: event', await memberOf(closed, ben))
    note('invite: again', await act(ann, 'invite', closed, { user_id: ben.userId }))
    note('invite: a member', await act(ann, 'invite', open, { user_id: ben.userId }))
    note('invite: unknown user', await act(ann, 'invite', closed, { user_id: userId('nobody') }))
    note('invite: malformed', await act(ann, 'invite', closed, { user_id: 'x' }))
    note('invite: nobody', await act(ann, 'invite', closed, {}))
    note('invite: number', await act(ann, 'invite', closed, { user_id: 5 }))
    note('invite: not a member', await act(cy, 'invite', closed, { user_id: dee.userId }))
    note('invite: unknown room', await act(ann, 'invite', `!none:${serverName}`, { user_id: ben.userId }))
    note('invite: accept', await enter(ben, closed))
    note(
      'invite: turn down',
      await (async () => {
        await act(ann, 'invite', closed, { user_id: cy.userId })
        return act(cy, 'leave', closed, { reason: 'no' })
      })(),
    )
    note('invite: turned down: event', await memberOf(closed, cy))

    note('leave', await act(ben, 'leave', closed, { reason: 'bye' }))
    note('leave: event', await memberOf(closed, ben))
    note('leave: again', await act(ben, 'leave', closed))
    note('leave: never there', await act(dee, 'leave', closed))
    note('leave: unknown room', await act(dee, 'leave', `!none:${serverName}`))
    note('forget: a member', await act(ann, 'forget', closed))
    note('forget', await act(ben, 'forget', closed))
    note('forget: again', await act(ben, 'forget', closed))
    note('forget: never there', await act(dee, 'forget', closed))

    note('kick', await act(ann, 'kick', open, { user_id: cy.userId, reason: 'calm down' }))
    note('kick: event', await memberOf(open, cy))
    note('kick: not there', await act(ann, 'kick', open, { user_id: dee.userId }))
    note('kick: by a powerless member', await act(ben, 'kick', open, { user_id: ann.userId }))
    note('kick: nobody', await act(ann, 'kick', open, {}))
    note('ban', await act(ann, 'ban', open, { user_id: ben.userId, reason: 'spam' }))
    note('ban: event', await memberOf(open, ben))
    note('ban: again', await act(ann, 'ban', open, { user_id: ben.userId }))
    note('ban: not there', await act(ann, 'ban', open, { user_id: dee.userId }))
    note('ban: join', await enter(ben, open))
    note('ban: invite', await act(ann, 'invite', open, { user_id: ben.userId }))
    note('ban: leave', await act(ben, 'leave', open))
    note('ban: by a powerless member', await act(cy, 'ban', open, { user_id: ann.userId }))
    note('unban', await act(ann, 'unban', open, { user_id: ben.userId }))
    note('unban: again', await act(ann, 'unban', open, { user_id: ben.userId }))
    note('unban: event', await memberOf(open, ben))

    note('knock', await ben.client('POST', `/knock/${encodeURIComponent(knockable)}`, { reason: 'please' }))
    note('knock: event', await memberOf(knockable, ben))
    note('knock: again', await ben.client('POST', `/knock/${encodeURIComponent(knockable)}`, {}))
    note('knock: open room', await ben.client('POST', `/knock/${encodeURIComponent(open)}`, {}))
    note('knock: accept', await act(ann, 'invite', knockable, { user_id: ben.userId }))
    note('knock: unknown room', await ben.client('POST', `/knock/${encodeURIComponent(`!none:${serverName}`)}`, {}))

    note('joined rooms', await ben.client('GET', '/joined_rooms').then((answer) => ({ ...answer, body: answer.body.joined_rooms.sort() })))
    note('joined members', await ann.client('GET', `${roomPath(open)}/joined_members`))
    note('joined members: not a member', await dee.client('GET', `${roomPath(open)}/joined_members`))
    const members = async (label: string, query: string) => {
      const answer = await ann.client('GET', `${roomPath(open)}/members${query}`)
      note(
        label,
        answer,
        answer.body.chunk
          ?.map(({ state_key, content }: { state_key: string; content: { membership: string } }) => `${state_key} ${content.membership}`)
          .sort() ?? answer.body,
      )
    }
    await members('members', '')
    await members('members: joined', '?membership=join')
    await members('members: not joined', '?not_membership=join')
    await members('members: unknown membership', '?membership=x')
    note('members: not a member', await dee.client('GET', `${roomPath(closed)}/members`))
    note('members: unknown room', await dee.client('GET', `${roomPath(`!none:${serverName}`)}/members`))

    const put = (actor: typeof ann, user: string, content: unknown) =>
      actor.client('PUT', `${roomPath(open)}/state/m.room.member/${user}`, content)
    note(
      'by state: join oneself',
      await put(cy, cy.userId, { membership: 'join' }).then((answer) => ({ ...answer, body: Object.keys(answer.body) })),
    )
    note('by state: make others join', await put(ann, dee.userId, { membership: 'join' }))
    note('by state: unknown membership', await put(ann, ann.userId, { membership: 'x' }))
    note('by state: without membership', await put(ann, ann.userId, {}))
    note(
      'by state: own display name here',
      await put(ann, ann.userId, { membership: 'join', displayname: 'Here' }).then((answer) => ({
        ...answer,
        body: Object.keys(answer.body),
      })),
    )
    note('by state: own display name here: event', await memberOf(open, ann))
    note('kick oneself', await act(ann, 'kick', open, { user_id: ann.userId }))
  },
}
