import { onBothDatabases } from '@glia/testing'
import { Preset } from 'matrix-js-sdk'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type CryptoClient, startCryptoClient } from '../support/crypto-client.ts'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

onBothDatabases('matrix-js-sdk with encryption', (dialect) => {
  let server: TestServer
  let alice: CryptoClient
  let bob: CryptoClient
  let bobUser: TestUser
  let roomId: string
  beforeAll(async () => {
    server = await startTestServer({ dialect })
    alice = await startCryptoClient(server, await server.register('alice'))
    bobUser = await server.register('bob')
    bob = await startCryptoClient(server, bobUser)
  })
  afterAll(async () => {
    alice?.stop()
    bob?.stop()
    await server?.remove()
  })

  const send = (from: CryptoClient, body: string) => from.client.sendTextMessage(roomId, body)

  test('two users read each other in an encrypted room', async () => {
    const created = await alice.client.createRoom({
      preset: Preset.PrivateChat,
      invite: [bobUser.userId],
      initial_state: [{ type: 'm.room.encryption', state_key: '', content: { algorithm: 'm.megolm.v1.aes-sha2' } }],
    })
    roomId = created.room_id
    await bob.room(roomId)
    await bob.client.joinRoom(roomId)
    await alice.room(roomId)
    await send(alice, 'hello bob')
    expect((await bob.decrypted(roomId, 'hello bob')).getSender()).toBe(alice.client.getUserId())
    await send(bob, 'hello alice')
    expect((await alice.decrypted(roomId, 'hello alice')).getSender()).toBe(bobUser.userId)
  })

  test('the server never sees the text', async () => {
    const { body } = await server.api('GET', `/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}/messages?dir=b&limit=50`, {
      token: bobUser.accessToken,
    })
    const encrypted = body.chunk.filter(({ type }: { type: string }) => type === 'm.room.encrypted')
    expect(encrypted).toHaveLength(2)
    expect(JSON.stringify(body)).not.toContain('hello')
  })

  test('a device that logs in later reads what is sent from then on', async () => {
    const login = await server.api('POST', '/_matrix/client/v3/login', {
      body: { type: 'm.login.password', identifier: { type: 'm.id.user', user: 'bob' }, password: bobUser.password },
    })
    const deviceId = login.body.device_id
    const device = await startCryptoClient(server, { ...bobUser, accessToken: login.body.access_token, deviceId })
    try {
      await alice.when(async () => (await devicesOf(alice, bobUser.userId)).has(deviceId) || undefined)
      await send(alice, 'hello both')
      await Promise.all([bob.decrypted(roomId, 'hello both'), device.decrypted(roomId, 'hello both')])
      await server.api('POST', '/_matrix/client/v3/logout', { token: login.body.access_token, body: {} })
      await alice.when(async () => !(await devicesOf(alice, bobUser.userId)).has(deviceId) || undefined)
    } finally {
      device.stop()
    }
  })

  test('a device that its owner signed counts as such for the others', async () => {
    const crypto = bob.client.getCrypto()!
    await crypto.bootstrapCrossSigning({ authUploadDeviceSigningKeys: async (upload) => void (await upload(null)) })
    const signed = (by: CryptoClient) =>
      by.when(async () => {
        const status = await by.client.getCrypto()!.getDeviceVerificationStatus(bobUser.userId, bobUser.deviceId)
        return status?.signedByOwner || undefined
      })
    await Promise.all([signed(bob), signed(alice)])
    expect(await crypto.isCrossSigningReady()).toBe(true)
  })

  test('room keys are backed up', async () => {
    // the SDK waits up to ten seconds, by chance, before it begins
    const chance = vi.spyOn(Math, 'random').mockReturnValue(0)
    await bob.client.getCrypto()!.resetKeyBackup()
    const info = await bob.when(async () => {
      const { body } = await server.api('GET', '/_matrix/client/v3/room_keys/version', { token: bobUser.accessToken })
      return body.count > 0 ? body : undefined
    })
    chance.mockRestore()
    const { body } = await server.api('GET', `/_matrix/client/v3/room_keys/keys?version=${info.version}`, { token: bobUser.accessToken })
    expect(Object.keys(body.rooms)).toEqual([roomId])
  })

  async function devicesOf(viewer: CryptoClient, userId: string): Promise<Map<string, unknown>> {
    return (await viewer.client.getCrypto()!.getUserDeviceInfo([userId])).get(userId) ?? new Map()
  }
})
