import type { Scenario } from '../stage.ts'

export const maintenance: Scenario = {
  area: 'maintenance',
  async run({ register, userId, note }) {
    const root = await register('root', { admin: true })
    const ann = await register('ann')

    const updates = await root.admin('GET', '/v1/background_updates/status')
    note('updates: status', updates, { keys: Object.keys(updates.body).sort() })
    note('updates: enabled', await root.admin('GET', '/v1/background_updates/enabled'))
    for (const body of [undefined, [], {}, { enabled: true }, { enabled: 'x' }, { enabled: null }]) {
      note(`updates: enable ${JSON.stringify(body)}`, await root.admin('POST', '/v1/background_updates/enabled', body))
    }
    for (const body of [undefined, [], {}, { job_name: 'none' }, { job_name: 5 }]) {
      note(`updates: start ${JSON.stringify(body)}`, await root.admin('POST', '/v1/background_updates/start_job', body))
    }
    for (const [method, path] of [
      ['GET', 'status'],
      ['GET', 'enabled'],
      ['POST', 'enabled'],
      ['POST', 'start_job'],
    ] as const) {
      const body = method === 'POST' ? {} : undefined
      note(`updates: ${method} ${path}: not an admin`, await ann.admin(method, `/v1/background_updates/${path}`, body))
    }

    const destinations = '/v1/federation/destinations'
    for (const query of [
      '',
      '?limit=0',
      '?from=5',
      '?order_by=retry_last_ts&dir=b',
      '?destination=x',
      '?limit=x',
      '?from=-1',
      '?order_by=x',
      '?dir=x',
    ]) {
      note(`destinations${query}`, await root.admin('GET', `${destinations}${query}`))
    }
    note('destination: unknown', await root.admin('GET', `${destinations}/unknown.example`))
    note('destination: unknown: rooms', await root.admin('GET', `${destinations}/unknown.example/rooms`))
    note('destination: unknown: reset', await root.admin('POST', `${destinations}/unknown.example/reset_connection`))
    note('destinations: not an admin', await ann.admin('GET', destinations))
    note('destination: not an admin', await ann.admin('GET', `${destinations}/unknown.example`))
    note('destination: rooms: not an admin', await ann.admin('GET', `${destinations}/unknown.example/rooms`))
    note('destination: reset: not an admin', await ann.admin('POST', `${destinations}/unknown.example/reset_connection`))

    const largest = await root.admin('GET', '/v1/statistics/database/rooms')
    // which rooms there are depends on what else was compared on this server
    note('largest rooms', { ...largest, body: largest.body.rooms ? { rooms: [] } : largest.body })
    note('largest rooms: not an admin', await ann.admin('GET', '/v1/statistics/database/rooms'))

    const features = (user: string) => `/v1/experimental_features/${encodeURIComponent(user)}`
    note('features: none', await root.admin('GET', features(ann.userId)))
    for (const body of [
      { features: { msc3881: true } },
      { features: { msc3881: true, msc9999: true } },
      { features: { msc4222: 'x' } },
      {},
      { features: {} },
      { features: [] },
      { features: null },
      undefined,
      [],
    ]) {
      note(`features: ${JSON.stringify(body)}`, await root.admin('PUT', features(ann.userId), body))
    }
    note('features: set', await root.admin('GET', features(ann.userId)))
    note('features: back', await root.admin('PUT', features(ann.userId), { features: { msc3881: false, msc3575: true } }))
    note('features: changed', await root.admin('GET', features(ann.userId)))
    note('features: malformed id', await root.admin('GET', features('bad')))
    note('features: of another server', await root.admin('GET', features('@x:other.example')))
    note('features: of another server: set', await root.admin('PUT', features('@x:other.example'), { features: { msc3881: true } }))
    note('features: unknown user', await root.admin('GET', features(userId('nobody'))))
    note('features: unknown user: set', await root.admin('PUT', features(userId('nobody')), { features: { msc3881: true } }))
    note('features: not an admin', await ann.admin('GET', features(ann.userId)))
    note('features: set: not an admin', await ann.admin('PUT', features(ann.userId), { features: { msc3881: true } }))
  },
}
