import { type DeviceId, isJsonObject, type JsonObject, signJson, type UserId } from '@glia/protocol'
import { onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { addTestUser } from '../users/user-fixture.ts'
import { bobDevice, crossSigningKeysOf, device, deviceKeysOf, deviceSigningKey, openKeysFixture } from './key-fixture.ts'

onBothDatabases('cross-signing', (dialect) => {
  let fixture: Awaited<ReturnType<typeof openKeysFixture>>
  let alice: UserId
  let bob: UserId
  let carol: UserId
  beforeAll(async () => {
    fixture = await openKeysFixture(dialect)
  })
  afterAll(() => fixture.remove())
  beforeEach(async () => {
    ;({ alice, bob, carol } = await fixture.addUsers())
  })

  describe('cross-signing keys', () => {
    test('need no proof the first time and when they are the same, but when they are replaced', async () => {
      expect(await fixture.keys.uploadCrossSigning(alice, crossSigningKeysOf(alice).upload, false)).toBe(true)
      const before = await fixture.now()
      expect(await fixture.keys.uploadCrossSigning(alice, crossSigningKeysOf(alice).upload, false)).toBe(true)
      expect(await fixture.now()).toBe(before)
      expect(await fixture.keys.uploadCrossSigning(alice, crossSigningKeysOf(alice, 2).upload, false)).toBe(false)
      expect((await fixture.query(alice, alice)).masterKeys[alice]).toMatchObject(crossSigningKeysOf(alice).upload.master)
      expect(await fixture.keys.uploadCrossSigning(alice, crossSigningKeysOf(alice, 2).upload, true)).toBe(true)
      expect((await fixture.query(alice, alice)).masterKeys[alice]).toMatchObject(crossSigningKeysOf(alice, 2).upload.master)
      expect(await fixture.changedFor(alice, before)).toEqual([alice])
    })

    test('of first uploads at once only one needs no proof', async () => {
      const uploads = [1, 2, 3, 4, 5].map((n) => fixture.keys.uploadCrossSigning(alice, crossSigningKeysOf(alice, n).upload, false))
      expect((await Promise.all(uploads)).filter(Boolean)).toHaveLength(1)
    })

    test('may be replaced once after a reset was allowed, until it runs out', async () => {
      const allow = (until: number) => fixture.database.transaction((tx) => fixture.keys.allowCrossSigningReset(tx, alice, until))
      await expect(allow(0)).rejects.toMatchObject({ errcode: 'M_NOT_FOUND' })
      await fixture.keys.uploadCrossSigning(alice, crossSigningKeysOf(alice).upload, false)
      await allow(fixture.clock.nowMs() + 1000)
      fixture.clock.advance(1000)
      expect(await fixture.keys.uploadCrossSigning(alice, crossSigningKeysOf(alice, 2).upload, false)).toBe(false)
      await allow(fixture.clock.nowMs() + 1000)
      expect(await fixture.keys.uploadCrossSigning(alice, crossSigningKeysOf(alice, 2).upload, false)).toBe(true)
      expect(await fixture.keys.uploadCrossSigning(alice, crossSigningKeysOf(alice, 3).upload, false)).toBe(false)
    })

    test('a new master key takes the old sub-keys and their signatures along', async () => {
      const old = crossSigningKeysOf(alice)
      await fixture.uploadDevice(alice, device)
      await fixture.keys.uploadCrossSigning(alice, old.upload, false)
      await fixture.keys.uploadSignatures(
        alice,
        new Map([[alice, { [device]: signJson(deviceKeysOf(alice, device), alice, old.selfSigning) }]]),
      )
      expect((await fixture.query(alice, alice)).deviceKeys[alice]![device]).toMatchObject({
        signatures: { [alice]: { [old.selfSigning.keyId]: expect.any(String) } },
      })
      await fixture.keys.uploadCrossSigning(alice, { master: crossSigningKeysOf(alice, 2).upload.master }, true)
      const found = await fixture.query(alice, alice)
      expect(found.selfSigningKeys).toEqual({})
      expect(found.userSigningKeys).toEqual({})
      const { signatures } = found.deviceKeys[alice]![device]!
      expect(Object.keys((signatures as JsonObject)[alice]!)).toEqual([`ed25519:${device}`])
    })

    test.each([
      ['without any master key', (u: UserId) => ({ self_signing: crossSigningKeysOf(u).upload.self_signing }), 'M_MISSING_PARAM'],
      [
        'signed by another master key',
        (u: UserId) => ({ master: crossSigningKeysOf(u, 2).upload.master, self_signing: crossSigningKeysOf(u).upload.self_signing }),
        'M_INVALID_SIGNATURE',
      ],
      ['of another user', () => ({ master: crossSigningKeysOf('@x:glia.test' as UserId).upload.master }), 'M_INVALID_PARAM'],
      ['with another usage', (u: UserId) => ({ master: crossSigningKeysOf(u).upload.self_signing }), 'M_INVALID_PARAM'],
      ['without a key', (u: UserId) => ({ master: { user_id: u, usage: ['master'], keys: {} } }), 'M_INVALID_PARAM'],
    ] as const)('%s are refused', async (_name, upload, errcode) => {
      await expect(fixture.keys.uploadCrossSigning(alice, upload(alice), false)).rejects.toMatchObject({ errcode, status: 400 })
      expect((await fixture.query(alice, alice)).masterKeys).toEqual({})
    })

    test('a key that is the id of a device is refused', async () => {
      const { upload, master } = crossSigningKeysOf(alice)
      await addTestUser(fixture.database, alice, [master.publicKeyBase64 as DeviceId])
      await expect(fixture.keys.uploadCrossSigning(alice, upload, false)).rejects.toMatchObject({ errcode: 'M_FORBIDDEN', status: 403 })
    })
  })

  describe('signatures', () => {
    beforeEach(async () => {
      await fixture.uploadDevice(alice, device)
      for (const user of [alice, bob]) await fixture.keys.uploadCrossSigning(user, crossSigningKeysOf(user).upload, false)
    })
    const sign = (signer: UserId, target: UserId, id: string, object: unknown) =>
      fixture.keys.uploadSignatures(signer, new Map([[target, { [id]: object as JsonObject }]]))
    const failure = async (...args: Parameters<typeof sign>) => (await sign(...args)).get(args[1])?.get(args[2])?.errcode
    const signatureIds = (object: JsonObject | undefined, signer: UserId) => {
      const all = object?.signatures
      return isJsonObject(all) && isJsonObject(all[signer]) ? Object.keys(all[signer]).sort() : []
    }

    test('of the self-signing key on a device and of a device on the master key show to all', async () => {
      const own = crossSigningKeysOf(alice)
      expect(await sign(alice, alice, device, signJson(deviceKeysOf(alice, device), alice, own.selfSigning))).toEqual(new Map())
      const master = signJson(own.upload.master, alice, deviceSigningKey(alice, device))
      expect(await sign(alice, alice, own.master.publicKeyBase64, master)).toEqual(new Map())
      const found = await fixture.query(bob, alice)
      expect(signatureIds(found.deviceKeys[alice]![device], alice)).toEqual([`ed25519:${device}`, own.selfSigning.keyId].sort())
      expect(signatureIds(found.masterKeys[alice], alice)).toEqual([`ed25519:${device}`])
    })

    test("on another user's master key show to the signer only, as a change for the signer only", async () => {
      const roomId = await fixture.createRoom()
      for (const user of [alice, bob, carol]) await fixture.join(roomId, user)
      const signer = crossSigningKeysOf(alice)
      const target = crossSigningKeysOf(bob)
      const before = await fixture.now()
      const object = signJson(target.upload.master, alice, signer.userSigning)
      expect(await sign(alice, bob, target.master.publicKeyBase64, object)).toEqual(new Map())
      expect(signatureIds((await fixture.query(alice, bob)).masterKeys[bob], alice)).toEqual([signer.userSigning.keyId])
      expect(signatureIds((await fixture.query(carol, bob)).masterKeys[bob], alice)).toEqual([])
      expect(signatureIds((await fixture.query(bob, bob)).masterKeys[bob], alice)).toEqual([])
      expect(await fixture.changedFor(alice, before)).toEqual([bob])
      expect(await fixture.changedFor(carol, before)).toEqual([])
    })

    test('that cannot be taken are told one by one, the others are stored', async () => {
      const own = crossSigningKeysOf(alice)
      const good = signJson(deviceKeysOf(alice, device), alice, own.selfSigning)
      const forged = { ...good, signatures: { [alice]: { [own.selfSigning.keyId]: 'A'.repeat(86) } } }
      expect(await failure(alice, alice, device, forged)).toBe('M_INVALID_SIGNATURE')
      expect(await failure(alice, alice, device, deviceKeysOf(alice, device))).toBe('M_INVALID_SIGNATURE')
      expect(await failure(alice, alice, device, { ...good, algorithms: [] })).toBe('M_INVALID_PARAM')
      expect(await failure(alice, alice, device, 5)).toBe('M_INVALID_PARAM')
      expect(await failure(alice, alice, 'UNKNOWN', good)).toBe('M_NOT_FOUND')
      expect(await failure(alice, bob, bobDevice, good)).toBe('M_NOT_FOUND')
      expect(await failure(alice, 'nobody' as UserId, 'x\0', good)).toBe('M_NOT_FOUND')
      const mixed = await fixture.keys.uploadSignatures(alice, new Map([[alice, { [device]: good, UNKNOWN: good }]]))
      expect([...mixed.get(alice)!.keys()]).toEqual(['UNKNOWN'])
      expect(signatureIds((await fixture.query(bob, alice)).deviceKeys[alice]![device], alice)).toContain(own.selfSigning.keyId)
    })

    test('that are there already are no change', async () => {
      const own = crossSigningKeysOf(alice)
      const good = signJson(deviceKeysOf(alice, device), alice, own.selfSigning)
      await sign(alice, alice, device, good)
      const before = await fixture.now()
      expect(await sign(alice, alice, device, good)).toEqual(new Map())
      expect(await fixture.now()).toBe(before)
    })
  })
})
