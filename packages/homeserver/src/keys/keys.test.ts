import { type DeviceId, isJsonObject, type JsonObject, signJson, type UserId } from '@glia/protocol'
import { onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openTimelineFixture } from '../timeline/timeline-fixture.ts'
import { addTestUser } from '../users/user-fixture.ts'
import { createKeys, deviceListUpdates, type Keys, oneTimeKeyCounts, unusedFallbackKeyTypes } from './index.ts'
import { crossSigningKeysOf, deviceKeysOf, deviceSigningKey } from './key-fixture.ts'

onBothDatabases('keys', (dialect) => {
  let fixture: Awaited<ReturnType<typeof openTimelineFixture>>
  let keys: Keys
  let alice: UserId
  let bob: UserId
  let carol: UserId
  const device = 'ADEVICE' as DeviceId
  const second = 'ASECOND' as DeviceId
  const bobDevice = 'BDEVICE' as DeviceId
  let count = 0

  beforeAll(async () => {
    fixture = await openTimelineFixture(dialect)
    keys = createKeys(fixture)
  })
  afterAll(() => fixture.remove())
  beforeEach(async () => {
    count += 1
    ;[alice, bob, carol] = ['alice', 'bob', 'carol'].map((name) => `@${name}${count}:glia.test` as UserId) as [UserId, UserId, UserId]
    await addTestUser(fixture.database, alice, [device, second])
    await addTestUser(fixture.database, bob, [bobDevice])
    await addTestUser(fixture.database, carol, [])
  })

  const read = () => fixture.database.read
  const now = () => fixture.database.currentPosition()
  const query = async (asker: UserId, ...users: UserId[]) => keys.query(asker, new Map(users.map((userId) => [userId, []])))
  const uploadDevice = (userId: UserId, deviceId: DeviceId) => keys.upload(userId, deviceId, { deviceKeys: deviceKeysOf(userId, deviceId) })
  const oneTimeKeys = (...ids: string[]) =>
    Object.fromEntries(ids.map((id) => [`signed_curve25519:${id}`, { key: `key ${id}`, signatures: {} }]))
  const claim = (userId: UserId, deviceId: DeviceId) => keys.claim([{ userId, deviceId, algorithm: 'signed_curve25519' }])
  const changedFor = async (viewer: UserId, since: number) => (await deviceListUpdates(read(), viewer, since, await now())).changed.sort()

  describe('uploading', () => {
    test('new keys change the device list, the same keys again do not', async () => {
      const before = await now()
      await uploadDevice(alice, device)
      expect(await changedFor(alice, before)).toEqual([alice])
      const after = await now()
      await uploadDevice(alice, device)
      expect(await now()).toBe(after)
    })

    test('keys that name another user or device are refused', async () => {
      const upload = (deviceKeys: JsonObject) => keys.upload(alice, device, { deviceKeys })
      await expect(upload(deviceKeysOf(bob, device))).rejects.toMatchObject({ errcode: 'M_BAD_JSON', status: 400 })
      await expect(upload(deviceKeysOf(alice, second))).rejects.toMatchObject({ errcode: 'M_BAD_JSON', status: 400 })
      expect((await query(alice, alice)).deviceKeys[alice]).toEqual({})
    })

    test('a one-time key may come again, but not with another content; then nothing of the request is stored', async () => {
      expect(await keys.upload(alice, device, { oneTimeKeys: oneTimeKeys('A', 'B') })).toEqual({ signed_curve25519: 2 })
      expect(await keys.upload(alice, device, { oneTimeKeys: oneTimeKeys('B', 'C') })).toEqual({ signed_curve25519: 3 })
      const changed = { ...oneTimeKeys('D'), 'signed_curve25519:A': { key: 'other', signatures: {} } }
      await expect(keys.upload(alice, device, { oneTimeKeys: changed })).rejects.toMatchObject({ errcode: 'M_UNKNOWN', status: 400 })
      expect(await oneTimeKeyCounts(read(), alice, device)).toEqual({ signed_curve25519: 3 })
    })

    test('key ids without an algorithm, or that no database keeps, are refused', async () => {
      for (const name of ['nocolon', 'a:\0', `a:${'x'.repeat(300)}`]) {
        await expect(keys.upload(alice, device, { oneTimeKeys: { [name]: 'k' } })).rejects.toMatchObject({ errcode: 'M_BAD_JSON' })
        await expect(keys.upload(alice, device, { fallbackKeys: { [name]: 'k' } })).rejects.toMatchObject({ errcode: 'M_BAD_JSON' })
      }
    })
  })

  describe('claiming', () => {
    test('gives the oldest upload first, then the fallback key again and again', async () => {
      await keys.upload(alice, device, { oneTimeKeys: oneTimeKeys('Z') })
      fixture.clock.advance(1)
      await keys.upload(alice, device, { oneTimeKeys: oneTimeKeys('A'), fallbackKeys: oneTimeKeys('F') })
      expect(await unusedFallbackKeyTypes(read(), alice, device)).toEqual(['signed_curve25519'])
      const taken: string[] = []
      for (let i = 0; i < 4; i++) taken.push((await claim(alice, device))[0]!.keyId)
      expect(taken).toEqual(['Z', 'A', 'F', 'F'])
      expect(await unusedFallbackKeyTypes(read(), alice, device)).toEqual([])
      expect(await oneTimeKeyCounts(read(), alice, device)).toEqual({ signed_curve25519: 0 })
    })

    test('the same fallback key again stays used, another one is unused', async () => {
      await keys.upload(alice, device, { fallbackKeys: oneTimeKeys('F') })
      await claim(alice, device)
      await keys.upload(alice, device, { fallbackKeys: oneTimeKeys('F') })
      expect(await unusedFallbackKeyTypes(read(), alice, device)).toEqual([])
      await keys.upload(alice, device, { fallbackKeys: oneTimeKeys('G') })
      expect(await unusedFallbackKeyTypes(read(), alice, device)).toEqual(['signed_curve25519'])
      expect((await claim(alice, device))[0]!.keyId).toBe('G')
    })

    test('of twenty claims at once each gets another key, those too many the fallback', async () => {
      const ids = Array.from({ length: 15 }, (_, index) => `K${index}`)
      await keys.upload(alice, device, { oneTimeKeys: oneTimeKeys(...ids), fallbackKeys: oneTimeKeys('F') })
      const claims = await Promise.all(Array.from({ length: 20 }, () => claim(alice, device)))
      const got = claims.map(([key]) => key!.keyId)
      expect(got.filter((id) => id === 'F')).toHaveLength(5)
      expect(new Set(got.filter((id) => id !== 'F'))).toEqual(new Set(ids))
    })

    test('claims of the same devices in different order do not block each other', async () => {
      const ids = Array.from({ length: 10 }, (_, index) => `K${index}`)
      await keys.upload(alice, device, { oneTimeKeys: oneTimeKeys(...ids) })
      await keys.upload(bob, bobDevice, { oneTimeKeys: oneTimeKeys(...ids) })
      const both = [
        { userId: alice, deviceId: device, algorithm: 'signed_curve25519' },
        { userId: bob, deviceId: bobDevice, algorithm: 'signed_curve25519' },
      ]
      const claims = await Promise.all(Array.from({ length: 10 }, (_, i) => keys.claim(i % 2 ? both : both.toReversed())))
      const got = claims.flat().map(({ userId, keyId }) => `${userId} ${keyId}`)
      expect(new Set(got).size).toBe(20)
    })

    test('devices without keys are left out', async () => {
      expect(await claim(bob, bobDevice)).toEqual([])
      expect(await claim(bob, 'no\0pe' as DeviceId)).toEqual([])
    })
  })

  describe('querying', () => {
    test('every user asked for is in the answer, with the device names', async () => {
      await uploadDevice(alice, device)
      const nobody = '@nobody:glia.test' as UserId
      const found = await query(bob, alice, bob, nobody)
      expect(found.deviceKeys).toEqual({
        [alice]: { [device]: { ...deviceKeysOf(alice, device), unsigned: { device_display_name: 'phone ADEVICE' } } },
        [bob]: {},
        [nobody]: {},
      })
    })

    test('only the devices that were named come back', async () => {
      await uploadDevice(alice, device)
      await uploadDevice(alice, second)
      const found = await keys.query(bob, new Map([[alice, [second, 'UNKNOWN']]]))
      expect(Object.keys(found.deviceKeys[alice]!)).toEqual([second])
    })

    test('the user-signing key is only for its owner', async () => {
      await keys.uploadCrossSigning(alice, crossSigningKeysOf(alice).upload, false)
      expect(Object.keys((await query(alice, alice)).userSigningKeys)).toEqual([alice])
      const seenByBob = await query(bob, alice)
      expect(seenByBob.userSigningKeys).toEqual({})
      expect(Object.keys(seenByBob.masterKeys)).toEqual([alice])
      expect(Object.keys(seenByBob.selfSigningKeys)).toEqual([alice])
    })
  })

  describe('cross-signing keys', () => {
    test('need no proof the first time and when they are the same, but when they are replaced', async () => {
      expect(await keys.uploadCrossSigning(alice, crossSigningKeysOf(alice).upload, false)).toBe(true)
      const before = await now()
      expect(await keys.uploadCrossSigning(alice, crossSigningKeysOf(alice).upload, false)).toBe(true)
      expect(await now()).toBe(before)
      expect(await keys.uploadCrossSigning(alice, crossSigningKeysOf(alice, 2).upload, false)).toBe(false)
      expect((await query(alice, alice)).masterKeys[alice]).toMatchObject(crossSigningKeysOf(alice).upload.master)
      expect(await keys.uploadCrossSigning(alice, crossSigningKeysOf(alice, 2).upload, true)).toBe(true)
      expect((await query(alice, alice)).masterKeys[alice]).toMatchObject(crossSigningKeysOf(alice, 2).upload.master)
      expect(await changedFor(alice, before)).toEqual([alice])
    })

    test('of two first uploads at once only one needs no proof', async () => {
      const results = await Promise.all([1, 2].map((n) => keys.uploadCrossSigning(alice, crossSigningKeysOf(alice, n).upload, false)))
      expect(results.sort()).toEqual([false, true])
    })

    test('may be replaced once after a reset was allowed, until it runs out', async () => {
      const allow = (until: number) => fixture.database.transaction((tx) => keys.allowCrossSigningReset(tx, alice, until))
      await expect(allow(0)).rejects.toMatchObject({ errcode: 'M_NOT_FOUND' })
      await keys.uploadCrossSigning(alice, crossSigningKeysOf(alice).upload, false)
      await allow(fixture.clock.nowMs() + 1000)
      fixture.clock.advance(1000)
      expect(await keys.uploadCrossSigning(alice, crossSigningKeysOf(alice, 2).upload, false)).toBe(false)
      await allow(fixture.clock.nowMs() + 1000)
      expect(await keys.uploadCrossSigning(alice, crossSigningKeysOf(alice, 2).upload, false)).toBe(true)
      expect(await keys.uploadCrossSigning(alice, crossSigningKeysOf(alice, 3).upload, false)).toBe(false)
    })

    test('a new master key takes the old sub-keys and their signatures along', async () => {
      const old = crossSigningKeysOf(alice)
      await uploadDevice(alice, device)
      await keys.uploadCrossSigning(alice, old.upload, false)
      await keys.uploadSignatures(alice, new Map([[alice, { [device]: signJson(deviceKeysOf(alice, device), alice, old.selfSigning) }]]))
      expect((await query(alice, alice)).deviceKeys[alice]![device]).toMatchObject({
        signatures: { [alice]: { [old.selfSigning.keyId]: expect.any(String) } },
      })
      await keys.uploadCrossSigning(alice, { master: crossSigningKeysOf(alice, 2).upload.master }, true)
      const found = await query(alice, alice)
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
      await expect(keys.uploadCrossSigning(alice, upload(alice), false)).rejects.toMatchObject({ errcode, status: 400 })
      expect((await query(alice, alice)).masterKeys).toEqual({})
    })

    test('a key that is the id of a device is refused', async () => {
      const { upload, master } = crossSigningKeysOf(alice)
      await addTestUser(fixture.database, alice, [master.publicKeyBase64 as DeviceId])
      await expect(keys.uploadCrossSigning(alice, upload, false)).rejects.toMatchObject({ errcode: 'M_FORBIDDEN', status: 403 })
    })
  })

  describe('signatures', () => {
    beforeEach(async () => {
      await uploadDevice(alice, device)
      for (const user of [alice, bob]) await keys.uploadCrossSigning(user, crossSigningKeysOf(user).upload, false)
    })
    const sign = (signer: UserId, target: UserId, id: string, object: unknown) =>
      keys.uploadSignatures(signer, new Map([[target, { [id]: object as JsonObject }]]))
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
      const found = await query(bob, alice)
      expect(signatureIds(found.deviceKeys[alice]![device], alice)).toEqual([`ed25519:${device}`, own.selfSigning.keyId].sort())
      expect(signatureIds(found.masterKeys[alice], alice)).toEqual([`ed25519:${device}`])
    })

    test("on another user's master key show to the signer only, as a change for the signer only", async () => {
      const roomId = await fixture.createRoom()
      for (const user of [alice, bob, carol]) await fixture.join(roomId, user)
      const signer = crossSigningKeysOf(alice)
      const target = crossSigningKeysOf(bob)
      const before = await now()
      const object = signJson(target.upload.master, alice, signer.userSigning)
      expect(await sign(alice, bob, target.master.publicKeyBase64, object)).toEqual(new Map())
      expect(signatureIds((await query(alice, bob)).masterKeys[bob], alice)).toEqual([signer.userSigning.keyId])
      expect(signatureIds((await query(carol, bob)).masterKeys[bob], alice)).toEqual([])
      expect(signatureIds((await query(bob, bob)).masterKeys[bob], alice)).toEqual([])
      expect(await changedFor(alice, before)).toEqual([bob])
      expect(await changedFor(carol, before)).toEqual([])
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
      const mixed = await keys.uploadSignatures(alice, new Map([[alice, { [device]: good, UNKNOWN: good }]]))
      expect([...mixed.get(alice)!.keys()]).toEqual(['UNKNOWN'])
      expect(signatureIds((await query(bob, alice)).deviceKeys[alice]![device], alice)).toContain(own.selfSigning.keyId)
    })

    test('that are there already are no change', async () => {
      const own = crossSigningKeysOf(alice)
      const good = signJson(deviceKeysOf(alice, device), alice, own.selfSigning)
      await sign(alice, alice, device, good)
      const before = await now()
      expect(await sign(alice, alice, device, good)).toEqual(new Map())
      expect(await now()).toBe(before)
    })
  })

  describe('device lists', () => {
    test('tell of those who share a room, and of oneself', async () => {
      const roomId = await fixture.createRoom()
      for (const user of [alice, bob]) await fixture.join(roomId, user)
      const before = await now()
      await uploadDevice(alice, device)
      expect(await changedFor(alice, before)).toEqual([alice])
      expect(await changedFor(bob, before)).toEqual([alice])
      expect(await changedFor(carol, before)).toEqual([])
    })

    test('tell both sides when somebody joins, and nothing of a new name', async () => {
      const roomId = await fixture.createRoom()
      await fixture.join(roomId, alice)
      const before = await now()
      await fixture.join(roomId, bob)
      expect(await changedFor(alice, before)).toEqual([bob])
      expect(await changedFor(bob, before)).toContain(alice)
      const later = await now()
      await fixture.append(roomId, bob, 'm.room.member', { membership: 'join', displayname: 'Bobby' }, bob)
      expect(await changedFor(alice, later)).toEqual([])
    })

    test('name those who went, unless another room is shared', async () => {
      const [one, two] = [await fixture.createRoom(), await fixture.createRoom()]
      for (const user of [alice, bob, carol]) await fixture.join(one, user)
      for (const user of [alice, carol]) await fixture.join(two, user)
      const before = await now()
      for (const user of [bob, carol]) await fixture.append(one, user, 'm.room.member', { membership: 'leave' }, user)
      const updates = (viewer: UserId) => now().then((upTo) => deviceListUpdates(read(), viewer, before, upTo))
      expect(await updates(alice)).toEqual({ changed: [], left: [bob] })
      expect((await updates(bob)).left).toEqual(expect.arrayContaining([alice]))
      expect((await updates(carol)).left).not.toContain(alice)
    })

    test('wake the user and the rooms that the user is in', async () => {
      const roomId = await fixture.createRoom()
      await fixture.join(roomId, alice)
      const told: unknown[] = []
      const stop = [
        fixture.signals.on('user.changed', ({ userId }) => told.push(userId)),
        fixture.signals.on('room.changed', (signal) => told.push(signal.roomId)),
      ]
      await uploadDevice(alice, device)
      for (const end of stop) end()
      expect(told).toEqual([alice, roomId])
    })
  })

  test('a deleted device takes its keys and messages along, which is a change', async () => {
    const roomId = await fixture.createRoom()
    for (const user of [alice, bob]) await fixture.join(roomId, user)
    for (const deviceId of [device, second]) {
      await keys.upload(alice, deviceId, {
        deviceKeys: deviceKeysOf(alice, deviceId),
        oneTimeKeys: oneTimeKeys('A'),
        fallbackKeys: oneTimeKeys('F'),
      })
    }
    const before = await now()
    await fixture.database.transaction((tx) => keys.deleteDeviceData(tx, alice, [device]))
    expect(Object.keys((await query(bob, alice)).deviceKeys[alice]!)).toEqual([second])
    expect(await claim(alice, device)).toEqual([])
    expect(await claim(alice, second)).toHaveLength(1)
    expect(await changedFor(bob, before)).toEqual([alice])
  })
})
