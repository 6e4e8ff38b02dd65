import type { Database } from '@glia/database'
import { Secret } from '@glia/platform'
import { FakeClock, onBothDatabases, openTestDatabase, seededRandom, type TestDatabase } from '@glia/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { authMigrations } from '../../migrations/index.ts'
import { type Client, registerClient } from '../client-registration/index.ts'
import type { AuthSchema } from '../schema.ts'
import { createSealing } from '../sealing/index.ts'
import { createDeviceGrants, type DeviceGrants } from './index.ts'

const origin = { ip: '192.0.2.1', userAgent: 'test' }

onBothDatabases('device grants', (dialect) => {
  const clock = new FakeClock()
  const random = seededRandom('device grants')
  let store: TestDatabase<AuthSchema>
  let database: Database<AuthSchema>
  let grants: DeviceGrants
  let client: Client
  const sealing = createSealing({ key: new Secret('ab'.repeat(32)), random })

  beforeEach(async () => {
    store = await openTestDatabase<AuthSchema>(dialect, authMigrations)
    database = store.database
    grants = createDeviceGrants({ database: database.as(), clock, random })
    const registered = await registerClient(
      { database: database.as(), clock, random, issuer: () => 'https://glia.example/', deviceGrantEnabled: true, sealing },
      {
        client_name: 'Test',
        client_uri: 'https://client.example',
        grant_types: ['urn:ietf:params:oauth:grant-type:device_code'],
        token_endpoint_auth_method: 'none',
      },
    )
    client = registered.client
  })
  afterEach(() => store.remove())

  const confirmed = async () => {
    const { grant, deviceCode } = await grants.start({ client, scope: 'openid', origin })
    await grants.decide(grant.id, { isAllowed: true, browserSessionId: 'BROWSER' })
    return { grant, deviceCode }
  }

  test('a confirmed grant is redeemed once, also if two polls saw it at the same time', async () => {
    const { grant, deviceCode } = await confirmed()
    expect(await grants.poll(deviceCode, client)).toMatchObject({ stage: 'fulfilled', browserSessionId: 'BROWSER' })
    await grants.poll(deviceCode, client)
    await database.transaction((tx) => grants.redeem(tx, grant.id, 'SESSION1'))
    await expect(database.transaction((tx) => grants.redeem(tx, grant.id, 'SESSION2'))).rejects.toMatchObject({ code: 'invalid_grant' })
    expect(await grants.find(grant.id)).toMatchObject({ stage: 'exchanged', sessionId: 'SESSION1' })
  })

  test('the first decision counts', async () => {
    const { grant, deviceCode } = await grants.start({ client, scope: '', origin })
    await grants.decide(grant.id, { isAllowed: false, browserSessionId: 'ONE' })
    expect(await grants.decide(grant.id, { isAllowed: true, browserSessionId: 'TWO' })).toMatchObject({ stage: 'rejected' })
    await expect(grants.poll(deviceCode, client)).rejects.toMatchObject({ code: 'access_denied', status: 403 })
  })

  test('a grant that is decided, redeemed or expired cannot be found by its code', async () => {
    const { grant } = await confirmed()
    expect(await grants.findByUserCode(grant.userCode)).toBeUndefined()
    const { grant: late } = await grants.start({ client, scope: '', origin })
    expect(await grants.findByUserCode(late.userCode)).toMatchObject({ id: late.id })
    clock.advance(20 * 60_000)
    expect(await grants.findByUserCode(late.userCode)).toBeUndefined()
    expect(await grants.decide(late.id, { isAllowed: true, browserSessionId: 'B' })).toBeUndefined()
  })

  test('user codes have no characters that are taken for each other', async () => {
    for (let i = 0; i < 20; i++) {
      const { grant } = await grants.start({ client, scope: '', origin })
      expect(grant.userCode).toMatch(/^[A-HJ-NP-Z2-9]{6}$/)
    }
  })

  test('codes cannot be read in the database', async () => {
    const { deviceCode } = await confirmed()
    const rows = await database.read.selectFrom('auth_device_grants').selectAll().execute()
    expect(JSON.stringify(rows)).not.toContain(deviceCode)
  })
})
