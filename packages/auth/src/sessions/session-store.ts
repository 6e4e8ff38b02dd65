import type { Reads, Transaction } from '@glia/database'
import { isUlid } from '@glia/platform'
import type { DeviceId, UserId } from '@glia/protocol'
import type { SessionKind, SessionTables } from './tables.ts'

/** A session that holds access tokens, of any kind. */
export interface Session {
  readonly id: string
  readonly kind: SessionKind
  /** Undefined: an OAuth client that acts for itself. */
  readonly userId: UserId | undefined
  readonly deviceId: DeviceId | undefined
  readonly clientId: string | undefined
  readonly ownerUserId: UserId | undefined
  readonly browserSessionId: string | undefined
  /** Sorted, separated by spaces. */
  readonly scope: string
  readonly humanName: string | undefined
  readonly createdAtMs: number
  readonly expiresAtMs: number | undefined
  readonly finishedAtMs: number | undefined
  readonly lastActiveAtMs: number | undefined
  readonly lastActiveIp: string | undefined
  readonly userAgent: string | undefined
}

export async function insertSession(tx: Transaction<SessionTables>, session: Session): Promise<void> {
  await tx.db
    .insertInto('auth_sessions')
    .values({
      id: session.id,
      kind: session.kind,
      user_id: session.userId ?? null,
      device_id: session.deviceId ?? null,
      client_id: session.clientId ?? null,
      owner_user_id: session.ownerUserId ?? null,
      browser_session_id: session.browserSessionId ?? null,
      scope: session.scope,
      human_name: session.humanName ?? null,
      created_at_ms: session.createdAtMs,
      expires_at_ms: session.expiresAtMs ?? null,
      finished_at_ms: session.finishedAtMs ?? null,
      last_active_at_ms: session.lastActiveAtMs ?? null,
      last_active_ip: session.lastActiveIp ?? null,
      user_agent: session.userAgent ?? null,
    })
    .execute()
}

export async function findSession(db: Reads<SessionTables>, id: string): Promise<Session | undefined> {
  if (!isUlid(id)) return undefined
  const row = await db.selectFrom('auth_sessions').selectAll().where('id', '=', id).executeTakeFirst()
  return row && toSession(row)
}

/** Live sessions of the user, newest first. */
export async function listLiveSessions(db: Reads<SessionTables>, userId: UserId, nowMs: number): Promise<Session[]> {
  const rows = await db
    .selectFrom('auth_sessions')
    .selectAll()
    .where('user_id', '=', userId)
    .where('finished_at_ms', 'is', null)
    .where((row) => row.or([row('expires_at_ms', 'is', null), row('expires_at_ms', '>', nowMs)]))
    .orderBy('id', 'desc')
    .execute()
  return rows.map(toSession)
}

export async function finishSession(tx: Transaction<SessionTables>, id: string, nowMs: number): Promise<boolean> {
  const result = await tx.db
    .updateTable('auth_sessions')
    .set({ finished_at_ms: nowMs })
    .where('id', '=', id)
    .where('finished_at_ms', 'is', null)
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}

export async function setSessionExpiry(tx: Transaction<SessionTables>, id: string, expiresAtMs: number | undefined): Promise<void> {
  await tx.db
    .updateTable('auth_sessions')
    .set({ expires_at_ms: expiresAtMs ?? null })
    .where('id', '=', id)
    .execute()
}

/** "Log in as" tokens go with the admin who holds them, not with the user as whom they act (Synapse Admin API, "Login as a user"). */
export async function finishSessionsOf(
  tx: Transaction<SessionTables>,
  userId: UserId,
  options: { exceptSessionId: string | undefined; nowMs: number },
): Promise<void> {
  let update = tx.db
    .updateTable('auth_sessions')
    .set({ finished_at_ms: options.nowMs })
    .where((row) => row.or([row('owner_user_id', '=', userId), row.and([row('user_id', '=', userId), row('kind', '!=', 'puppet')])]))
    .where('finished_at_ms', 'is', null)
  if (options.exceptSessionId !== undefined) update = update.where('id', '!=', options.exceptSessionId)
  await update.execute()
}

export async function finishSessionsOfDevices(
  tx: Transaction<SessionTables>,
  userId: UserId,
  deviceIds: readonly DeviceId[],
  nowMs: number,
): Promise<void> {
  if (deviceIds.length === 0) return
  await tx.db
    .updateTable('auth_sessions')
    .set({ finished_at_ms: nowMs })
    .where('user_id', '=', userId)
    .where('device_id', 'in', [...deviceIds])
    .where('finished_at_ms', 'is', null)
    .execute()
}

export function toSession(row: SessionTables['auth_sessions']): Session {
  return {
    id: row.id,
    kind: row.kind,
    userId: (row.user_id ?? undefined) as UserId | undefined,
    deviceId: (row.device_id ?? undefined) as DeviceId | undefined,
    clientId: row.client_id ?? undefined,
    ownerUserId: (row.owner_user_id ?? undefined) as UserId | undefined,
    browserSessionId: row.browser_session_id ?? undefined,
    scope: row.scope,
    humanName: row.human_name ?? undefined,
    createdAtMs: row.created_at_ms,
    expiresAtMs: row.expires_at_ms ?? undefined,
    finishedAtMs: row.finished_at_ms ?? undefined,
    lastActiveAtMs: row.last_active_at_ms ?? undefined,
    lastActiveIp: row.last_active_ip ?? undefined,
    userAgent: row.user_agent ?? undefined,
  }
}
