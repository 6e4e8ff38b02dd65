import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { Secret, silentLogger } from '@glia/platform'
import { FakeClock, onBothDatabases, openTestDatabase, seededRandom, type TestDatabase } from '@glia/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { authMigrations } from '../../migrations/index.ts'
import { createAuthCleanup } from '../cleanup/index.ts'
import type { AuthSchema } from '../schema.ts'
import { createSealing } from '../sealing/index.ts'
import { createSigningKeys, RETIRED_KEY_KEPT_MS, type SigningKeys } from './index.ts'

const rsaKey = () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
const nothingElse = async () => {}

onBothDatabases('signing keys', (dialect) => {
  const clock = new FakeClock()
  const random = seededRandom('signing keys')
  const configured = rsaKey()
  let store: TestDatabase<AuthSchema>
  const open = (options: { configured?: KeyObject; encryption?: string } = {}): SigningKeys => {
    const sealing = createSealing({ key: new Secret((options.encryption ?? 'ab').repeat(32)), random })
    return createSigningKeys({ database: store.database.as(), clock, sealing, configured: options.configured ?? configured })
  }
  const kidsOf = async (keys: SigningKeys) => (await keys.publicKeys()).map(({ kid }) => kid)
  const signing = async (keys: SigningKeys) => [(await keys.signer('RSA')).kid, (await keys.signer('EC')).kid]

  beforeEach(async () => {
    store = await openTestDatabase<AuthSchema>(dialect, authMigrations)
  })
  afterEach(() => store.remove())

  test('the key of the configuration is taken up, one of the other kind is made, and both stay', async () => {
    const keys = open()
    await keys.start()
    const before = await signing(keys)
    expect((await kidsOf(keys)).toSorted()).toEqual(before.toSorted())
    expect((await keys.signer('RSA')).key.equals(configured)).toBe(true)
    await open().start()
    expect(await signing(open())).toEqual(before)
  })

  test('whoever starts at the same time takes up the same', async () => {
    await Promise.all(Array.from({ length: 4 }, () => open().start()))
    expect(await open().list()).toHaveLength(2)
  })

  test('a new key signs in every process at once; the old one is published until its tokens are over, and destroyed then', async () => {
    const [one, other] = [open(), open()]
    await one.start()
    const [oldRsa, ec] = await signing(one)
    clock.advance(1000)
    const [newRsa] = await one.rotate(['RSA'], nothingElse)
    expect(await signing(other)).toEqual([newRsa, ec])
    expect((await kidsOf(other)).toSorted()).toEqual([oldRsa, newRsa, ec].toSorted())
    const cleanUp = createAuthCleanup({ database: store.database, clock, logger: silentLogger })
    const isKept = async () =>
      (await store.database.read.selectFrom('auth_signing_keys').select('sealed_key').where('kid', '=', oldRsa!).executeTakeFirst())
        ?.sealed_key !== null
    clock.advance(RETIRED_KEY_KEPT_MS - 1)
    await cleanUp.run()
    expect([(await kidsOf(other)).includes(oldRsa), await isKept()]).toEqual([true, true])
    clock.advance(2)
    expect((await kidsOf(other)).includes(oldRsa)).toBe(false)
    await cleanUp.run()
    expect([await isKept(), (await other.list()).find(({ kid }) => kid === oldRsa)?.isPublished]).toEqual([false, false])
    expect(await signing(other)).toEqual([newRsa, ec])
  })

  test('many rotations at once leave one key of each kind', async () => {
    const keys = open()
    await Promise.all(Array.from({ length: 4 }, () => open().rotate(['EC'], nothingElse)))
    expect((await keys.list()).filter(({ kind, retiredAtMs }) => kind === 'EC' && retiredAtMs === undefined)).toHaveLength(1)
  })

  test('a rotation before the first start is not undone by it', async () => {
    const [kid] = await open().rotate(['RSA'], nothingElse)
    await open().start()
    expect((await signing(open()))[0]).toBe(kid)
  })

  test('what cannot become true with it undoes the rotation', async () => {
    const keys = open()
    await keys.start()
    const before = await signing(keys)
    await expect(keys.rotate(['RSA', 'EC'], () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await signing(keys)).toEqual(before)
  })

  test('another key in the configuration signs from the next start on; one that was there before is not taken again', async () => {
    await open().start()
    const later = rsaKey()
    clock.advance(1000)
    await open({ configured: later }).start()
    expect((await open().signer('RSA')).key.equals(later)).toBe(true)
    clock.advance(1000)
    await open().start()
    expect((await open().signer('RSA')).key.equals(later)).toBe(true)
  })

  test('with another encryption key nothing starts, and the reason is said', async () => {
    await open().start()
    await expect(open({ encryption: 'cd' }).start()).rejects.toThrow(/encryption_key_path/)
  })
})
