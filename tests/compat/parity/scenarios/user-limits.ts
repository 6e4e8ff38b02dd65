import { roomPath, type Scenario } from '../stage.ts'

export const userLimits: Scenario = {
  area: 'user-limits',
  async run({ register, userId, note }) {
    const root = await register('root', { admin: true })
    const ann = await register('ann')
    const ben = await register('ben')
    const path = (user: string, what: string) => `/v1/users/${encodeURIComponent(user)}/${what}`

    const limit = path(ann.userId, 'override_ratelimit')
    note('limit: none', await root.admin('GET', limit))
    for (const body of [
      undefined,
      {},
      { messages_per_second: 5 },
      { burst_count: 3 },
      { messages_per_second: 5, burst_count: 3, other: 1 },
      [],
      { messages_per_second: 'x' },
      { messages_per_second: -1 },
      { messages_per_second: 1.5 },
      { messages_per_second: true },
      { messages_per_second: null },
      { burst_count: 'x' },
      { burst_count: [1] },
      { burst_count: 1e30 },
    ]) {
      note(`limit: ${JSON.stringify(body)}`, await root.admin('POST', limit, body))
    }
    note('limit: set', await root.admin('GET', limit))
    note('limit: deleted', await root.admin('DELETE', limit))
    note('limit: deleted again', await root.admin('DELETE', limit))
    note('limit: no more', await root.admin('GET', limit))
    for (const user of ['bad', userId('nobody'), '@x:other.example']) {
      const name = user.replace(userId('nobody'), '@nobody')
      for (const method of ['GET', 'POST', 'DELETE']) {
        const body = method === 'POST' ? {} : undefined
        note(`limit: ${method} ${name}`, await root.admin(method, path(user, 'override_ratelimit'), body))
      }
      note(`account data: ${name}`, await root.admin('GET', path(user, 'accountdata')))
      note(`invites: ${name}`, await root.admin('GET', path(user, 'sent_invite_count?from_ts=0')))
      note(`joins: ${name}`, await root.admin('GET', path(user, 'cumulative_joined_room_count?from_ts=0')))
      note(`cross-signing: ${name}`, await root.admin('POST', path(user, '_allow_cross_signing_replacement_without_uia'), {}))
    }
    for (const method of ['GET', 'POST', 'DELETE']) note(`limit: ${method}: not an admin`, await ann.admin(method, limit))

    const hall = await ann.createRoom('hall')
    const yard = await ann.createRoom('yard')
    for (const room of [hall, yard]) {
      await ann.client('POST', `${roomPath(room)}/invite`, { user_id: ben.userId })
      await ben.client('POST', `/join/${encodeURIComponent(room)}`, {})
    }
    await ben.client('POST', `${roomPath(yard)}/leave`, {})
    await ann.client('POST', `${roomPath(yard)}/invite`, { user_id: ben.userId })
    for (const [label, who] of [
      ['ann', ann],
      ['ben', ben],
    ] as const) {
      for (const query of ['?from_ts=0', '?from_ts=9000000000000', '', '?from_ts=x', '?from_ts=-1', '?from_ts=']) {
        note(`invites of ${label}${query}`, await root.admin('GET', path(who.userId, `sent_invite_count${query}`)))
        note(`joins of ${label}${query}`, await root.admin('GET', path(who.userId, `cumulative_joined_room_count${query}`)))
      }
    }
    note('invites: not an admin', await ann.admin('GET', path(ben.userId, 'sent_invite_count?from_ts=0')))
    note('joins: not an admin', await ann.admin('GET', path(ben.userId, 'cumulative_joined_room_count?from_ts=0')))

    const own = `/user/${encodeURIComponent(ann.userId)}`
    note('account data: none', await root.admin('GET', path(ann.userId, 'accountdata')))
    await ann.client('PUT', `${own}/account_data/a.b`, { x: [1] })
    await ann.client('PUT', `${own}/account_data/a.empty`, {})
    await ann.client('PUT', `${own}${roomPath(hall)}/account_data/a.b`, { y: 1 })
    await ann.client('PUT', '/pushrules/global/content/word', { pattern: 'word', actions: ['notify'] })
    note('account data', await root.admin('GET', path(ann.userId, 'accountdata')))
    await ann.client('PUT', `${own}${roomPath(yard)}/tags/u.work`, { order: 0.5 })
    note('account data: with a tag', await root.admin('GET', path(ann.userId, 'accountdata')))
    note('account data: not an admin', await ann.admin('GET', path(ann.userId, 'accountdata')))

    const replace = path(ann.userId, '_allow_cross_signing_replacement_without_uia')
    note('cross-signing: no keys', await root.admin('POST', replace))
    const upload = (letter: string) => {
      const key = letter.repeat(43)
      const master = { user_id: ann.userId, usage: ['master'], keys: { [`ed25519:${key}`]: key } }
      return ann.client('POST', '/keys/device_signing/upload', { master_key: master })
    }
    note('cross-signing: first keys', await upload('A'))
    note('cross-signing: allowed', await root.admin('POST', replace))
    note('cross-signing: replaced', await upload('E'))
    note('cross-signing: not an admin', await ann.admin('POST', replace))
  },
}
