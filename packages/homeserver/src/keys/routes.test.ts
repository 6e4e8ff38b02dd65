import { createHttpServer, type Requester } from '@glia/http'
import { createLogger } from '@glia/platform'
import type { DeviceId, UserId } from '@glia/protocol'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { AuthLink } from '../auth-link.ts'
import { serverName } from '../timeline/timeline-fixture.ts'
import { crossSigningKeysOf, device, openKeysFixture } from './key-fixture.ts'
import { keyClientRoutes } from './routes.ts'

let fixture: Awaited<ReturnType<typeof openKeysFixture>>
let app: ReturnType<typeof createHttpServer>
let alice: UserId
/** What the next request's token says. */
let token: Partial<Requester>

beforeAll(async () => {
  fixture = await openKeysFixture('sqlite')
  const requester = (): Requester => ({
    userId: alice,
    deviceId: device,
    isAdmin: false,
    adminRoles: [],
    isGuest: false,
    isLocked: false,
    isSuspended: false,
    isShadowBanned: false,
    isUnlimited: false,
    messageLimit: undefined,
    isExpired: false,
    origin: 'legacy',
    scopes: new Set(),
    sessionId: 'session',
    tokenId: 'token',
    puppetOwner: undefined,
    ...token,
  })
  app = createHttpServer({
    routes: keyClientRoutes({
      database: fixture.database,
      keys: fixture.keys,
      serverName,
      auth: () => ({ confirmIdentity: () => Promise.reject(new Error('must not be asked')) }) as unknown as AuthLink,
      accountManagementUrl: () => 'https://glia.test/account/',
      positionOfToken: () => 0,
    }),
    authenticator: {
      authenticate: async () => requester(),
      authenticateAuthAdmin: () => Promise.reject(new Error('unused')),
      isPrivileged: () => Promise.reject(new Error('unused')),
    },
    auditTrail: { begin: () => Promise.reject(new Error('unused')) },
    serverName,
    logger: createLogger({ level: 'silent', format: 'text' }),
    clock: fixture.clock,
    errorPage: ({ message }) => message,
    trustProxy: false,
    checkAnswers: true,
  })
})
afterAll(async () => {
  await app.close()
  await fixture.remove()
})
beforeEach(async () => {
  ;({ alice } = await fixture.addUsers())
  token = {}
})

const post = async (path: string, body: unknown) => {
  const answer = await app.inject({
    method: 'POST',
    url: `/_matrix/client/v3/keys/${path}`,
    headers: { authorization: 'Bearer token' },
    payload: JSON.stringify(body),
  })
  return { status: answer.statusCode, body: answer.json() }
}
const crossSigning = (generation: number) => {
  const { master, self_signing, user_signing } = crossSigningKeysOf(alice, generation).upload
  return { master_key: master, self_signing_key: self_signing, user_signing_key: user_signing }
}

test.each(['oauth', 'personal'] as const)('with a token of kind %s, other keys are approved on the account page', async (origin) => {
  token = { origin }
  expect(await post('device_signing/upload', crossSigning(1))).toEqual({ status: 200, body: {} })
  expect((await post('device_signing/upload', crossSigning(1))).status).toBe(200)
  const { status, body } = await post('device_signing/upload', crossSigning(2))
  const params = { url: 'https://glia.test/account/?action=org.matrix.cross_signing_reset' }
  expect(status).toBe(401)
  expect(body).toMatchObject({
    session: 'dummy',
    flows: [{ stages: ['m.oauth'] }, { stages: ['org.matrix.cross_signing_reset'] }],
    params: { 'm.oauth': params, 'org.matrix.cross_signing_reset': params },
  })
  await fixture.database.transaction((tx) => fixture.keys.allowCrossSigningReset(tx, alice, fixture.clock.nowMs() + 600_000))
  expect(await post('device_signing/upload', crossSigning(2))).toEqual({ status: 200, body: {} })
})

test('a token without a device uploads no keys', async () => {
  token = { deviceId: undefined as unknown as DeviceId }
  expect(await post('upload', {})).toMatchObject({ status: 400, body: { errcode: 'M_UNKNOWN' } })
})
