import type { Database } from '@glia/database'
import { FakeClock, onBothDatabases, openTestDatabase, seededRandom, type TestDatabase } from '@glia/testing'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { authMigrations } from '../../migrations/index.ts'
import { createRegistrationTokens, type RegistrationTokens } from '../registration-tokens/index.ts'
import type { AuthSchema } from '../schema.ts'
import { createInteractiveAuth, type InteractiveAuth, type ProofRequest } from './interactive-auth.ts'
import { registrationTokenStage } from './registration-token-stage.ts'
import { dummyStage } from './stages.ts'

const TOKEN = 'm.login.registration_token'
const DUMMY = 'm.login.dummy'
const origin = { ip: '10.0.0.1', userAgent: 'test' }

onBothDatabases('interactive authentication', (dialect) => {
  let place: TestDatabase<AuthSchema>
  let database: Database<AuthSchema>
  let clock: FakeClock
  let registrationTokens: RegistrationTokens
  let interactiveAuth: InteractiveAuth
  let name = 0
  beforeAll(async () => {
    place = await openTestDatabase<AuthSchema>(dialect, authMigrations)
    database = place.database
  })
  beforeEach(() => {
    clock = new FakeClock()
    const random = seededRandom(`uia ${name++}`)
    registrationTokens = createRegistrationTokens({ database: database.as(), clock, random })
    interactiveAuth = createInteractiveAuth({
      database: database.as(),
      clock,
      random,
      stages: [dummyStage, registrationTokenStage({ registrationTokens, clock })],
    })
  })
  afterAll(() => place.remove())

  const prove = (auth: ProofRequest['auth'], more: Partial<ProofRequest> = {}) =>
    interactiveAuth.prove({ auth, operation: 'test', flows: [[TOKEN, DUMMY]], origin, ...more })
  const sessionOf = async (promise: Promise<unknown>): Promise<string> =>
    promise.then(
      () => expect.fail('nothing was left to do'),
      (error) => error.session,
    )
  const newToken = async () => (await registrationTokens.create({ token: undefined, length: 16, usesAllowed: 1, expiresAtMs: null })).token

  test('a session that was left alone frees the use that it had reserved', async () => {
    const token = await newToken()
    const session = await sessionOf(prove({ type: TOKEN, token }))
    expect(await registrationTokens.isUsable(token)).toBe(false)
    clock.advance(3_600_000)
    await expect(prove({ type: DUMMY, session })).rejects.toMatchObject({ message: `Unknown session ID: ${session}` })
    // any other session sweeps
    await sessionOf(prove(undefined))
    expect(await registrationTokens.get(token)).toMatchObject({ pending: 0, completed: 0 })
    expect(await registrationTokens.isUsable(token)).toBe(true)
  })

  test('a proof is used up once, together with what it was for', async () => {
    const token = await newToken()
    const session = await sessionOf(prove({ type: TOKEN, token }))
    const [first, second] = [await prove({ type: DUMMY, session }), await prove({ session })]
    await expect(
      database.transaction(async (tx) => {
        await first.consume(tx)
        throw new Error('the operation failed')
      }),
    ).rejects.toThrow('the operation failed')
    expect(await registrationTokens.get(token)).toMatchObject({ pending: 1, completed: 0 })
    await database.transaction((tx) => first.consume(tx))
    expect(await registrationTokens.get(token)).toMatchObject({ pending: 0, completed: 1 })
    await expect(database.transaction((tx) => second.consume(tx))).rejects.toMatchObject({ errcode: 'M_UNKNOWN' })
  })

  test('a completed stage is not repeated: another token shown later is not reserved', async () => {
    const [token, other] = [await newToken(), await newToken()]
    const session = await sessionOf(prove({ type: TOKEN, token }))
    await sessionOf(prove({ type: TOKEN, token: other, session }))
    expect(await registrationTokens.get(other)).toMatchObject({ pending: 0 })
  })

  test('what was told at first is given back, to the same operation only', async () => {
    const session = await sessionOf(prove(undefined, { parameters: async () => ({ username: 'ü' }) }))
    expect(await interactiveAuth.recall({ session }, 'test')).toEqual({ username: 'ü' })
    await expect(interactiveAuth.recall({ session }, 'other')).rejects.toMatchObject({ status: 403 })
    await expect(interactiveAuth.recall({ session: 7 }, 'test')).rejects.toMatchObject({ message: 'Unknown session ID: 7' })
  })

  test('a stage that is in no flow is refused', async () => {
    await expect(prove({ type: TOKEN, token: 'x' }, { flows: [[DUMMY]] })).rejects.toMatchObject({ errcode: 'M_INVALID_PARAM' })
    await expect(prove({ type: DUMMY }, { flows: [[DUMMY]] })).resolves.toMatchObject({ shown: { [DUMMY]: '' } })
  })
})
