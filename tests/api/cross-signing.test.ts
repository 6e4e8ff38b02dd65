import { createPrivateKey, createPublicKey, sign } from 'node:crypto'
import { canonicalJson, type JsonObject } from '@glia/protocol'
import { onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

/** An ed25519 key made of one byte, as its owner's client would hold it. */
function keyOf(seed: number) {
  const prefix = Buffer.from('302e020100300506032b657004220420', 'hex')
  const privateKey = createPrivateKey({ key: Buffer.concat([prefix, Buffer.alloc(32, seed)]), format: 'der', type: 'pkcs8' })
  const publicKey = Buffer.from(createPublicKey(privateKey).export({ format: 'jwk' }).x!, 'base64url')
    .toString('base64')
    .replace('=', '')
  return {
    publicKey,
    sign: (object: JsonObject) =>
      sign(null, Buffer.from(canonicalJson(object)), privateKey)
        .toString('base64')
        .replace(/=+$/, ''),
  }
}

function uploadOf(userId: string, seed: number) {
  const [master, selfSigning] = [keyOf(seed), keyOf(seed + 1)]
  const objectOf = (usage: string, { publicKey }: { publicKey: string }) => ({
    user_id: userId,
    usage: [usage],
    keys: { [`ed25519:${publicKey}`]: publicKey },
  })
  const sub = objectOf('self_signing', selfSigning)
  return {
    master_key: objectOf('master', master),
    self_signing_key: { ...sub, signatures: { [userId]: { [`ed25519:${master.publicKey}`]: master.sign(sub) } } },
  }
}

onBothDatabases('the cross-signing API', (dialect) => {
  let server: TestServer
  let alice: TestUser
  let count = 0
  beforeAll(async () => {
    server = await startTestServer({ dialect })
  })
  afterAll(() => server.remove())
  beforeEach(async () => {
    alice = await server.register(`alice${++count}`)
  })

  const path = '/_matrix/client/v3/keys/device_signing/upload'
  const upload = (body: object, at = path) => server.api('POST', at, { token: alice.accessToken, body })
  const masterKey = async () => {
    const { body } = await server.api('POST', '/_matrix/client/v3/keys/query', {
      token: alice.accessToken,
      body: { device_keys: { [alice.userId]: [] } },
    })
    return body.master_keys[alice.userId]
  }
  const password = (session: string) => ({
    type: 'm.login.password',
    session,
    identifier: { type: 'm.id.user', user: alice.localpart },
    password: alice.password,
  })

  test('the first keys need no password, nor do the same keys again', async () => {
    expect(await upload({})).toMatchObject({ status: 200, body: {} })
    expect(await upload(uploadOf(alice.userId, 1), path.replace('v3', 'unstable'))).toMatchObject({ status: 200, body: {} })
    expect((await upload(uploadOf(alice.userId, 1))).status).toBe(200)
  })

  test('other keys need the password', async () => {
    await upload(uploadOf(alice.userId, 1))
    const asked = await upload(uploadOf(alice.userId, 3))
    expect(asked.status).toBe(401)
    expect(asked.body).toMatchObject({ session: expect.any(String), flows: [{ stages: ['m.login.password'] }] })
    expect(await masterKey()).toMatchObject(uploadOf(alice.userId, 1).master_key)
    const wrong = await upload({ ...uploadOf(alice.userId, 3), auth: { ...password(asked.body.session), password: 'wrong' } })
    expect(wrong.status).toBe(401)
    expect(await masterKey()).toMatchObject(uploadOf(alice.userId, 1).master_key)
    expect((await upload({ ...uploadOf(alice.userId, 3), auth: password(asked.body.session) })).body).toEqual({})
    expect(await masterKey()).toMatchObject(uploadOf(alice.userId, 3).master_key)
  })

  test('keys that cannot be right are refused before any password is asked for', async () => {
    await upload(uploadOf(alice.userId, 1))
    const { master_key } = uploadOf(alice.userId, 5)
    const { self_signing_key } = uploadOf(alice.userId, 3)
    expect(await upload({ master_key, self_signing_key })).toMatchObject({ status: 400, body: { errcode: 'M_INVALID_SIGNATURE' } })
  })
})
