import type { Reads, Transaction } from '@glia/database'
import { isUlid } from '@glia/platform'
import { hashToken } from '../tokens/index.ts'
import type { DeviceGrant, PendingDeviceGrant } from './device-grant.ts'
import type { DeviceGrantTables } from './tables.ts'

type Db = Reads<DeviceGrantTables>
type Tx = Transaction<DeviceGrantTables>

export async function insertDeviceGrant(tx: Tx, grant: PendingDeviceGrant, deviceCode: string): Promise<void> {
  await tx.db
    .insertInto('auth_device_grants')
    .values({
      id: grant.id,
      client_id: grant.clientId,
      created_at_ms: grant.createdAtMs,
      expires_at_ms: grant.expiresAtMs,
      stage: grant.stage,
      scope: grant.scope,
      device_code_hash: hashToken(deviceCode),
      user_code: grant.userCode,
      ip: grant.ip,
      user_agent: grant.userAgent,
      browser_session_id: null,
      decided_at_ms: null,
      exchanged_at_ms: null,
      session_id: null,
    })
    .execute()
}

export async function findDeviceGrant(db: Db, id: string): Promise<DeviceGrant | undefined> {
  if (!isUlid(id)) return undefined
  const row = await db.selectFrom('auth_device_grants').selectAll().where('id', '=', id).executeTakeFirst()
  return row && toDeviceGrant(row)
}

export async function findDeviceGrantByDeviceCode(db: Db, deviceCode: string): Promise<DeviceGrant | undefined> {
  const hash = hashToken(deviceCode)
  const row = await db.selectFrom('auth_device_grants').selectAll().where('device_code_hash', '=', hash).executeTakeFirst()
  return row && toDeviceGrant(row)
}

/** Only grants that can still be decided: pending and not expired. */
export async function findPendingByUserCode(db: Db, userCode: string, nowMs: number): Promise<DeviceGrant | undefined> {
  const row = await db
    .selectFrom('auth_device_grants')
    .selectAll()
    .where('user_code', '=', userCode)
    .where('stage', '=', 'pending')
    .where('expires_at_ms', '>', nowMs)
    .executeTakeFirst()
  return row && toDeviceGrant(row)
}

export async function updateDeviceGrant(tx: Tx, grant: Exclude<DeviceGrant, PendingDeviceGrant>): Promise<void> {
  const exchanged = grant.stage === 'exchanged' ? grant : undefined
  await tx.db
    .updateTable('auth_device_grants')
    .set({
      stage: grant.stage,
      browser_session_id: grant.browserSessionId,
      decided_at_ms: grant.decidedAtMs,
      exchanged_at_ms: exchanged?.exchangedAtMs ?? null,
      session_id: exchanged?.sessionId ?? null,
    })
    .where('id', '=', grant.id)
    .execute()
}

function toDeviceGrant(row: DeviceGrantTables['auth_device_grants']): DeviceGrant {
  const asked = {
    id: row.id,
    clientId: row.client_id,
    createdAtMs: row.created_at_ms,
    expiresAtMs: row.expires_at_ms,
    scope: row.scope,
    userCode: row.user_code,
    ip: row.ip,
    userAgent: row.user_agent,
  }
  if (row.stage === 'pending') return { ...asked, stage: 'pending' }
  const decided = { ...asked, browserSessionId: row.browser_session_id!, decidedAtMs: row.decided_at_ms! }
  if (row.stage !== 'exchanged') return { ...decided, stage: row.stage }
  return { ...decided, stage: 'exchanged', exchangedAtMs: row.exchanged_at_ms!, sessionId: row.session_id! }
}
