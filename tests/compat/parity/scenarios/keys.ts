import type { Scenario } from '../stage.ts'

/** End-to-end keys: what is taken, what is handed out, what is refused. The signatures are none: servers do not check them. */
export const keys: Scenario = {
  area: 'keys',
  async run({ register, userId, note, name }) {
    const ann = await register('ann')
    const ben = await register('ben')
    const device = (deviceId: string) => ({
      user_id: ann.userId,
      device_id: deviceId,
      algorithms: ['m.olm.v1.curve25519-aes-sha2', 'm.megolm.v1.aes-sha2'],
      keys: { [`curve25519:${deviceId}`]: 'curve', [`ed25519:${deviceId}`]: 'ed' },
      signatures: { [ann.userId]: { [`ed25519:${deviceId}`]: 'signature' } },
    })
    const upload = (body: unknown) => ann.client('POST', '/keys/upload', body)
    note('upload: nothing', await upload({}))
    note('upload: device', await upload({ device_keys: device(ann.deviceId) }))
    note(
      'upload: one-time keys',
      await upload({
        one_time_keys: { 'signed_curve25519:A': { key: 'a', signatures: {} }, 'signed_curve25519:B': { key: 'b', signatures: {} } },
      }),
    )
    note('upload: same one-time key', await upload({ one_time_keys: { 'signed_curve25519:A': { key: 'a', signatures: {} } } }))
    note('upload: other one-time key', await upload({ one_time_keys: { 'signed_curve25519:A': { key: 'other', signatures: {} } } }))
    note('upload: fallback key', await upload({ fallback_keys: { 'signed_curve25519:F': { key: 'f', fallback: true, signatures: {} } } }))
    note('upload: of another device', await upload({ device_keys: device('OTHER') }))
    note('upload: text', await upload({ device_keys: 'x' }))

    const query = (body: unknown) => ben.client('POST', '/keys/query', body)
    note('query', await query({ device_keys: { [ann.userId]: [] } }))
    note('query: one device', await query({ device_keys: { [ann.userId]: [ann.deviceId] } }))
    note('query: unknown device', await query({ device_keys: { [ann.userId]: ['NONE'] } }))
    note('query: unknown user', await query({ device_keys: { [userId('nobody')]: [] } }))
    note('query: nothing', await query({}))
    note('query: list', await query({ device_keys: [] }))
    note('query: devices as text', await query({ device_keys: { [ann.userId]: 'x' } }))
    note('query: number', await query({ device_keys: { [ann.userId]: 5 } }))

    const claim = (body: unknown) => ben.client('POST', '/keys/claim', body)
    const one = { one_time_keys: { [ann.userId]: { [ann.deviceId]: 'signed_curve25519' } } }
    note('claim', await claim(one))
    note('claim: second', await claim(one))
    note('claim: fallback', await claim(one))
    note('claim: unknown algorithm', await claim({ one_time_keys: { [ann.userId]: { [ann.deviceId]: 'none' } } }))
    note('claim: unknown user', await claim({ one_time_keys: { [userId('nobody')]: { X: 'signed_curve25519' } } }))
    note('claim: nothing', await claim({}))

    const crossSigning = (usage: string, key: string, user = ann.userId) => ({
      user_id: user,
      usage: [usage],
      keys: { [`ed25519:${key}`]: key },
    })
    const sign = (body: unknown) => ann.client('POST', '/keys/device_signing/upload', body)
    note('cross-signing: master only', await sign({ master_key: crossSigning('master', 'MASTER') }))
    note(
      'cross-signing: self',
      await sign({ self_signing_key: crossSigning('self_signing', 'SELF'), user_signing_key: crossSigning('user_signing', 'USER') }),
    )
    const flows = await sign({ master_key: crossSigning('master', 'SECOND') })
    note('cross-signing: other master', flows)
    if (flows.body.session) name('<session>', flows.body.session)
    note('cross-signing: query', await ann.client('POST', '/keys/query', { device_keys: { [ann.userId]: [ann.deviceId] } }))
    note('cross-signing: query by others', await query({ device_keys: { [ann.userId]: [ann.deviceId] } }))
    note('signatures: nothing', await ann.client('POST', '/keys/signatures/upload', {}))
    note('signatures: unknown device', await ann.client('POST', '/keys/signatures/upload', { [ann.userId]: { NONE: device('NONE') } }))
    note('changes: without tokens', await ann.client('GET', '/keys/changes'))
    note('changes: bad tokens', await ann.client('GET', '/keys/changes?from=x&to=y'))
    const { next_batch: from } = (await ben.client('GET', '/sync?timeout=0')).body
    note(
      'changes: none',
      await ben
        .client('GET', `/keys/changes?from=${from}&to=${from}`)
        .then((answer) => ({ ...answer, request: 'GET /_matrix/client/v3/keys/changes' })),
    )

    const version = await ann.client('POST', '/room_keys/version', {
      algorithm: 'm.megolm_backup.v1.curve25519-aes-sha2',
      auth_data: { public_key: 'x' },
    })
    note('backup: make', version)
    note('backup: current', await ann.client('GET', '/room_keys/version'))
    note('backup: none', await ben.client('GET', '/room_keys/version'))
    const session = { first_message_index: 1, forwarded_count: 0, is_verified: false, session_data: { ciphertext: 'x' } }
    const path = `/room_keys/keys/${encodeURIComponent('!room:a.example')}/session?version=${version.body.version}`
    note('backup: put', await ann.client('PUT', path, session))
    note('backup: put worse', await ann.client('PUT', path, { ...session, first_message_index: 5 }))
    note('backup: read', await ann.client('GET', path))
    note('backup: all', await ann.client('GET', `/room_keys/keys?version=${version.body.version}`))
    note('backup: wrong version', await ann.client('PUT', path.replace(/\d+$/, '99'), session))
    note('backup: without version', await ann.client('GET', '/room_keys/keys'))
    note('backup: unknown session', await ann.client('GET', path.replace('/session', '/none')))
    note(
      'backup: change',
      await ann.client('PUT', `/room_keys/version/${version.body.version}`, {
        algorithm: 'm.megolm_backup.v1.curve25519-aes-sha2',
        auth_data: { public_key: 'y' },
      }),
    )
    note(
      'backup: change algorithm',
      await ann.client('PUT', `/room_keys/version/${version.body.version}`, { algorithm: 'x', auth_data: {} }),
    )
    note('backup: make: missing', await ann.client('POST', '/room_keys/version', {}))
    note('backup: delete', await ann.client('DELETE', `/room_keys/version/${version.body.version}`))
    note('backup: delete again', await ann.client('DELETE', `/room_keys/version/${version.body.version}`))
  },
}
