import type { DeviceId, JsonObject, UserId } from '@glia/protocol'
import { onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { keyCounts, oneTimeKeyCounts } from './counts.ts'
import { bobDevice, crossSigningKeysOf, device, deviceKeysOf, oneTimeKeys, openKeysFixture, second } from './key-fixture.ts'

onBothDatabases('keys of devices', (dialect) => {
  let fixture: Awaited<ReturnType<typeof openKeysFixture>>
  let alice: UserId
  let bob: UserId
  beforeAll(async () => {
    fixture = await openKeysFixture(dialect)
  })
  afterAll(() => fixture.remove())
  beforeEach(async () => {
    ;({ alice, bob } = await fixture.addUsers())
  })

  describe('uploading', () => {
    test('new keys change the device list, the same keys again do not', async () => {
      const before = await fixture.now()
      await fixture.uploadDevice(alice, device)
      expect(await fixture.changedFor(alice, before)).toEqual([alice])
      const after = await fixture.now()
      await fixture.uploadDevice(alice, device)
      expect(await fixture.now()).toBe(after)
    })

    test('keys that name another user or device are refused', async () => {
      const upload = (deviceKeys: JsonObject) => fixture.keys.upload(alice, device, { deviceKeys })
      await expect(upload(deviceKeysOf(bob, device))).rejects.toMatchObject({ errcode: 'M_BAD_JSON', status: 400 })
      await expect(upload(deviceKeysOf(alice, second))).rejects.toMatchObject({ errcode: 'M_BAD_JSON', status: 400 })
      expect((await fixture.query(alice, alice)).deviceKeys[alice]).toEqual({})
    })

    test('a one-time key may come again, but not with another content; then nothing of the request is stored', async () => {
      expect(await fixture.keys.upload(alice, device, { oneTimeKeys: oneTimeKeys('A', 'B') })).toEqual({ signed_curve25519: 2 })
      expect(await fixture.keys.upload(alice, device, { oneTimeKeys: oneTimeKeys('B', 'C') })).toEqual({ signed_curve25519: 3 })
      const changed = { ...oneTimeKeys('D'), 'signed_curve25519:A': { key: 'other', signatures: {} } }
      await expect(fixture.keys.upload(alice, device, { oneTimeKeys: changed })).rejects.toMatchObject({
        errcode: 'M_UNKNOWN',
        status: 400,
      })
      expect(await oneTimeKeyCounts(fixture.database.read, alice, device)).toEqual({ signed_curve25519: 3 })
    })

    test('key ids without an algorithm, or that no database keeps, are refused', async () => {
      for (const name of ['nocolon', 'a:\0', `a:${'x'.repeat(300)}`]) {
        await expect(fixture.keys.upload(alice, device, { oneTimeKeys: { [name]: 'k' } })).rejects.toMatchObject({ errcode: 'M_BAD_JSON' })
        await expect(fixture.keys.upload(alice, device, { fallbackKeys: { [name]: 'k' } })).rejects.toMatchObject({ errcode: 'M_BAD_JSON' })
      }
    })
  })

  describe('claiming', () => {
    test('gives the oldest upload first, then the fallback key again and again', async () => {
      await fixture.keys.upload(alice, device, { oneTimeKeys: oneTimeKeys('Z') })
      fixture.clock.advance(1)
      await fixture.keys.upload(alice, device, { oneTimeKeys: oneTimeKeys('A'), fallbackKeys: oneTimeKeys('F') })
      expect((await keyCounts(fixture.database.read, alice, device)).unusedFallback).toEqual(['signed_curve25519'])
      const taken: string[] = []
      for (let i = 0; i < 4; i++) taken.push((await fixture.claim(alice, device))[0]!.keyId)
      expect(taken).toEqual(['Z', 'A', 'F', 'F'])
      expect((await keyCounts(fixture.database.read, alice, device)).unusedFallback).toEqual([])
      expect(await oneTimeKeyCounts(fixture.database.read, alice, device)).toEqual({ signed_curve25519: 0 })
    })

    test('the same fallback key again stays used, another one is unused', async () => {
      await fixture.keys.upload(alice, device, { fallbackKeys: oneTimeKeys('F') })
      await fixture.claim(alice, device)
      await fixture.keys.upload(alice, device, { fallbackKeys: oneTimeKeys('F') })
      expect((await keyCounts(fixture.database.read, alice, device)).unusedFallback).toEqual([])
      await fixture.keys.upload(alice, device, { fallbackKeys: oneTimeKeys('G') })
      expect((await keyCounts(fixture.database.read, alice, device)).unusedFallback).toEqual(['signed_curve25519'])
      expect((await fixture.claim(alice, device))[0]!.keyId).toBe('G')
    })

    test('of twenty claims at once each gets another key, those too many the fallback', async () => {
      const ids = Array.from({ length: 15 }, (_, index) => `K${index}`)
      await fixture.keys.upload(alice, device, { oneTimeKeys: oneTimeKeys(...ids), fallbackKeys: oneTimeKeys('F') })
      const claims = await Promise.all(Array.from({ length: 20 }, () => fixture.claim(alice, device)))
      const got = claims.map(([key]) => key!.keyId)
      expect(got.filter((id) => id === 'F')).toHaveLength(5)
      expect(new Set(got.filter((id) => id !== 'F'))).toEqual(new Set(ids))
    })

    test('claims of the same devices in different order do not block each other', async () => {
      const ids = Array.from({ length: 10 }, (_, index) => `K${index}`)
      await fixture.keys.upload(alice, device, { oneTimeKeys: oneTimeKeys(...ids) })
      await fixture.keys.upload(bob, bobDevice, { oneTimeKeys: oneTimeKeys(...ids) })
      const both = [
        { userId: alice, deviceId: device, algorithm: 'signed_curve25519' },
        { userId: bob, deviceId: bobDevice, algorithm: 'signed_curve25519' },
      ]
      const claims = await Promise.all(Array.from({ length: 10 }, (_, i) => fixture.keys.claim(i % 2 ? both : both.toReversed())))
      const got = claims.flat().map(({ userId, keyId }) => `${userId} ${keyId}`)
      expect(new Set(got).size).toBe(20)
    })

    test('devices without keys are left out', async () => {
      expect(await fixture.claim(bob, bobDevice)).toEqual([])
      expect(await fixture.claim(bob, 'no\0pe' as DeviceId)).toEqual([])
    })
  })

  describe('querying', () => {
    test('every user asked for is in the answer, with the device names', async () => {
      await fixture.uploadDevice(alice, device)
      const nobody = '@nobody:glia.test' as UserId
      const found = await fixture.query(bob, alice, bob, nobody)
      expect(found.deviceKeys).toEqual({
        [alice]: { [device]: { ...deviceKeysOf(alice, device), unsigned: { device_display_name: 'phone ADEVICE' } } },
        [bob]: {},
        [nobody]: {},
      })
    })

    test("signatures by a third user do not show, the asker's own do", async () => {
      const keys = deviceKeysOf(alice, device)
      const signatures = { ...(keys.signatures as JsonObject), [bob]: { 'ed25519:B': 'sig' }, '@third:glia.test': { 'ed25519:T': 'sig' } }
      await fixture.keys.upload(alice, device, { deviceKeys: { ...keys, signatures } })
      const seen = async (asker: UserId) => Object.keys((await fixture.query(asker, alice)).deviceKeys[alice]![device]!.signatures!)
      expect(await seen(bob)).toEqual([alice, bob])
      expect(await seen(alice)).toEqual([alice])
    })

    test('only the devices that were named come back', async () => {
      await fixture.uploadDevice(alice, device)
      await fixture.uploadDevice(alice, second)
      const found = await fixture.keys.query(bob, new Map([[alice, [second, 'UNKNOWN']]]))
      expect(Object.keys(found.deviceKeys[alice]!)).toEqual([second])
    })

    test('the user-signing key is only for its owner', async () => {
      await fixture.keys.uploadCrossSigning(alice, crossSigningKeysOf(alice).upload, false)
      expect(Object.keys((await fixture.query(alice, alice)).userSigningKeys)).toEqual([alice])
      const seenByBob = await fixture.query(bob, alice)
      expect(seenByBob.userSigningKeys).toEqual({})
      expect(Object.keys(seenByBob.masterKeys)).toEqual([alice])
      expect(Object.keys(seenByBob.selfSigningKeys)).toEqual([alice])
    })
  })

  test('a deleted device takes its keys and messages along, which is a change', async () => {
    const roomId = await fixture.createRoom()
    for (const user of [alice, bob]) await fixture.join(roomId, user)
    for (const deviceId of [device, second]) {
      await fixture.keys.upload(alice, deviceId, {
        deviceKeys: deviceKeysOf(alice, deviceId),
        oneTimeKeys: oneTimeKeys('A'),
        fallbackKeys: oneTimeKeys('F'),
      })
    }
    const before = await fixture.now()
    await fixture.database.transaction((tx) => fixture.keys.deleteDeviceData(tx, alice, [device]))
    expect(Object.keys((await fixture.query(bob, alice)).deviceKeys[alice]!)).toEqual([second])
    expect(await fixture.claim(alice, device)).toEqual([])
    expect(await fixture.claim(alice, second)).toHaveLength(1)
    expect(await fixture.changedFor(bob, before)).toEqual([alice])
  })
})
