import { type Actor, roomPath, type Scenario } from '../stage.ts'

/** What a sync tells of others' devices and of one's own keys. */
export const deviceLists: Scenario = {
  area: 'device-lists',
  async run({ register, logIn, note, name }) {
    const ann = await register('ann')
    const ben = await register('ben')
    const cy = await register('cy')
    const one = await ann.createRoom('one', { preset: 'public_chat', room_version: '11' })
    const two = await ann.createRoom('two', { preset: 'public_chat', room_version: '11' })
    const join = (actor: Actor, room: string) => actor.client('POST', `/join/${encodeURIComponent(room)}`, {})
    const leave = (actor: Actor, room: string) => actor.client('POST', `${roomPath(room)}/leave`, {})
    const uploadKeys = (actor: Actor) =>
      actor.client('POST', '/keys/upload', {
        device_keys: {
          user_id: actor.userId,
          device_id: actor.deviceId,
          algorithms: ['m.olm.v1.curve25519-aes-sha2'],
          keys: { [`ed25519:${actor.deviceId}`]: `key of ${actor.deviceId}` },
          signatures: {},
        },
      })
    for (const actor of [ann, ben, cy]) await uploadKeys(actor)
    await join(ben, one)

    let since = (await ann.client('GET', '/sync?timeout=0')).body.next_batch
    const start = since
    const step = async (label: string) => {
      const answer = await ann.client('GET', `/sync?timeout=0&since=${since}`)
      const { changed = [], left = [] } = answer.body.device_lists ?? {}
      note(
        label,
        { ...answer, request: 'GET /_matrix/client/v3/sync' },
        {
          changed: changed.toSorted(),
          left: left.toSorted(),
          keys: answer.body.device_one_time_keys_count,
          fallback: answer.body.device_unused_fallback_key_types,
        },
      )
      since = answer.body.next_batch
    }
    await step('nothing')
    await join(ben, two)
    await step('another room with the same user')
    await leave(ben, one)
    await step('one room of two left')
    await leave(ben, two)
    await step('the last room left')
    await join(ben, two)
    await step('back')
    await leave(ben, two)
    await join(ben, two)
    await step('left and back')
    await join(cy, one)
    await leave(cy, one)
    await step('came and went')
    const second = await logIn(ben, 'ben, second')
    await step('a new device')
    await uploadKeys(second)
    await step('keys of the new device')
    await uploadKeys(second)
    await step('the same keys again')
    await second.client('PUT', `/devices/${second.deviceId}`, { display_name: 'Second' })
    await step('another name of the device')
    await second.client('POST', '/logout', {})
    await step('the device is gone')
    await ben.client('POST', '/keys/device_signing/upload', {
      master_key: { user_id: ben.userId, usage: ['master'], keys: { 'ed25519:MASTER': 'MASTER' } },
    })
    await step('cross-signing')
    await uploadKeys(cy)
    await step('somebody elsewhere')
    await leave(ann, two)
    await step('one leaves oneself')
    await uploadKeys(await logIn(ann, 'ann, second'))
    await step('an own device')
    await ann.client('POST', '/keys/upload', {
      one_time_keys: { 'signed_curve25519:A': { key: 'a', signatures: {} }, 'signed_curve25519:B': { key: 'b', signatures: {} } },
      fallback_keys: { 'signed_curve25519:F': { key: 'f', fallback: true, signatures: {} } },
    })
    await step('one-time keys')
    const claim = () => cy.client('POST', '/keys/claim', { one_time_keys: { [ann.userId]: { [ann.deviceId]: 'signed_curve25519' } } })
    await claim()
    await step('one claimed')
    await claim()
    await claim()
    await step('all claimed, and the fallback key')
    await ann.client('POST', '/keys/upload', { fallback_keys: { 'signed_curve25519:G': { key: 'g', fallback: true, signatures: {} } } })
    await step('a new fallback key')

    const changes = async (label: string, from: string, to: string) => {
      const answer = await ann.client('GET', `/keys/changes?from=${from}&to=${to}`)
      const body = answer.status === 200 ? { changed: answer.body.changed.toSorted(), left: answer.body.left.toSorted() } : answer.body
      note(label, { ...answer, request: 'GET /_matrix/client/v3/keys/changes' }, body)
    }
    await changes('changes: all', start, since)
    await changes('changes: none', since, since)
    name('<since>', since)
    note('changes: without to', {
      ...(await ann.client('GET', `/keys/changes?from=${since}`)),
      request: 'GET /_matrix/client/v3/keys/changes',
    })
  },
}
