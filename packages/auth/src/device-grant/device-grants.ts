import { OAuthError } from '@glia/contract'
import type { Database, Transaction } from '@glia/database'
import type { Origin } from '@glia/http'
import { type Clock, makeUlid, type Random } from '@glia/platform'
import type { Client } from '../client-registration/index.ts'
import { type DeviceGrant, exchange, type FulfilledDeviceGrant, fulfill, type PendingDeviceGrant, reject } from './device-grant.ts'
import {
  findDeviceGrant,
  findDeviceGrantByDeviceCode,
  findPendingByUserCode,
  insertDeviceGrant,
  updateDeviceGrant,
} from './device-grant-store.ts'
import type { DeviceGrantTables } from './tables.ts'

const LIFETIME_MS = 20 * 60_000
const DEVICE_CODE_LENGTH = 32
const USER_CODE_LENGTH = 6
const USER_CODE = /^[0-9A-Z]{6}$/

/** The device grant's steps, each for another party: the device starts and polls, a person decides. */
export interface DeviceGrants {
  start(request: { client: Client; scope: string; origin: Origin }): Promise<{ grant: PendingDeviceGrant; deviceCode: string }>
  find(id: string): Promise<DeviceGrant | undefined>
  /** Spaces, dashes and small letters in what was typed make no difference. */
  findByUserCode(typed: string): Promise<DeviceGrant | undefined>
  /** @returns the grant as it is now, whoever decided: undefined if there is none or it expired */
  decide(id: string, decision: { isAllowed: boolean; browserSessionId: string }): Promise<DeviceGrant | undefined>
  /**
   * What the client that polls may go on with. Checks run in MAS's order.
   * @throws OAuthError invalid_grant, expired_token, authorization_pending, access_denied
   */
  poll(deviceCode: string, client: Client): Promise<FulfilledDeviceGrant>
  /** Marks a fulfilled grant as used. @throws OAuthError invalid_grant if it was used meanwhile */
  redeem(tx: Transaction<DeviceGrantTables>, grantId: string, sessionId: string): Promise<void>
}

export function createDeviceGrants(deps: { database: Database<DeviceGrantTables>; clock: Clock; random: Random }): DeviceGrants {
  const { database, clock, random } = deps
  const isExpired = (grant: DeviceGrant) => grant.expiresAtMs <= clock.nowMs()
  const normalize = (typed: string) => typed.replace(/[\s-]/g, '').toUpperCase()

  return {
    async start({ client, scope, origin }) {
      const nowMs = clock.nowMs()
      const deviceCode = random.text(DEVICE_CODE_LENGTH)
      const grant: PendingDeviceGrant = {
        stage: 'pending',
        id: makeUlid(clock, random),
        clientId: client.id,
        createdAtMs: nowMs,
        expiresAtMs: nowMs + LIFETIME_MS,
        scope,
        userCode: await freeUserCode(database, random, nowMs),
        ip: origin.ip,
        userAgent: origin.userAgent,
      }
      await database.transaction((tx) => insertDeviceGrant(tx, grant, deviceCode))
      return { grant, deviceCode }
    },
    find: (id) => findDeviceGrant(database.read, id),
    async findByUserCode(typed) {
      const code = normalize(typed)
      return USER_CODE.test(code) ? findPendingByUserCode(database.read, code, clock.nowMs()) : undefined
    },
    decide: (id, { isAllowed, browserSessionId }) =>
      database.transaction(async (tx) => {
        await tx.lock(`device-grant:${id}`)
        const grant = await findDeviceGrant(tx.db, id)
        if (!grant || isExpired(grant)) return undefined
        if (grant.stage !== 'pending') return grant
        const decided = (isAllowed ? fulfill : reject)(grant, { browserSessionId, nowMs: clock.nowMs() })
        await updateDeviceGrant(tx, decided)
        return decided
      }),
    async poll(deviceCode, client) {
      const grant = await findDeviceGrantByDeviceCode(database.read, deviceCode)
      if (!grant || grant.clientId !== client.id) throw new OAuthError('invalid_grant', 'Unknown device code')
      if (isExpired(grant)) throw new OAuthError('expired_token', 'The device code has expired', { status: 403 })
      switch (grant.stage) {
        case 'pending':
          throw new OAuthError('authorization_pending', 'Nobody has confirmed the code yet', { status: 403 })
        case 'rejected':
          throw new OAuthError('access_denied', 'The user refused', { status: 403 })
        case 'exchanged':
          throw new OAuthError('invalid_grant', 'The device code was already used')
        case 'fulfilled':
          return grant
      }
    },
    async redeem(tx, grantId, sessionId) {
      await tx.lock(`device-grant:${grantId}`)
      const grant = await findDeviceGrant(tx.db, grantId)
      if (grant?.stage !== 'fulfilled') throw new OAuthError('invalid_grant', 'The device code was already used')
      await updateDeviceGrant(tx, exchange(grant, { sessionId, nowMs: clock.nowMs() }))
    },
  }
}

/** The codes of grants that somebody may still type in must differ, and nobody should have to guess whether it is a nought or an O. */
async function freeUserCode(database: Database<DeviceGrantTables>, random: Random, nowMs: number): Promise<string> {
  for (;;) {
    const code = random.text(USER_CODE_LENGTH, 'upperAlphanumeric')
    if (/[0O1I]/.test(code)) continue
    if (!(await findPendingByUserCode(database.read, code, nowMs))) return code
  }
}
