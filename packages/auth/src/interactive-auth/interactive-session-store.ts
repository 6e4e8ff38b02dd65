import type { Reads, Transaction } from '@glia/database'
import type { InteractiveAuthTables } from './tables.ts'

export interface InteractiveSession {
  readonly id: string
  readonly operation: string
  readonly parameters: Readonly<Record<string, unknown>>
  /** Completed stage → what it showed. */
  readonly completed: Readonly<Record<string, string>>
  readonly createdAtMs: number
  readonly expiresAtMs: number
}

type Row = InteractiveAuthTables['auth_interactive_sessions']

function toSession(row: Row): InteractiveSession {
  return {
    id: row.id,
    operation: row.operation,
    parameters: JSON.parse(row.parameters),
    completed: JSON.parse(row.completed),
    createdAtMs: row.created_at_ms,
    expiresAtMs: row.expires_at_ms,
  }
}

export async function insertInteractiveSession(tx: Transaction<InteractiveAuthTables>, session: InteractiveSession): Promise<void> {
  await tx.db
    .insertInto('auth_interactive_sessions')
    .values({
      id: session.id,
      operation: session.operation,
      parameters: JSON.stringify(session.parameters),
      completed: JSON.stringify(session.completed),
      created_at_ms: session.createdAtMs,
      expires_at_ms: session.expiresAtMs,
    })
    .execute()
}

export async function findInteractiveSession(db: Reads<InteractiveAuthTables>, id: string): Promise<InteractiveSession | undefined> {
  const row = await db.selectFrom('auth_interactive_sessions').selectAll().where('id', '=', id).executeTakeFirst()
  return row && toSession(row)
}

export async function saveCompleted(
  tx: Transaction<InteractiveAuthTables>,
  id: string,
  completed: Readonly<Record<string, string>>,
): Promise<void> {
  await tx.db
    .updateTable('auth_interactive_sessions')
    .set({ completed: JSON.stringify(completed) })
    .where('id', '=', id)
    .execute()
}

/** @returns the session if it was still there */
export async function deleteInteractiveSession(
  tx: Transaction<InteractiveAuthTables>,
  id: string,
): Promise<InteractiveSession | undefined> {
  const row = await tx.db.deleteFrom('auth_interactive_sessions').where('id', '=', id).returningAll().executeTakeFirst()
  return row && toSession(row)
}

export async function deleteExpiredInteractiveSessions(
  tx: Transaction<InteractiveAuthTables>,
  nowMs: number,
): Promise<InteractiveSession[]> {
  const rows = await tx.db.deleteFrom('auth_interactive_sessions').where('expires_at_ms', '<=', nowMs).returningAll().execute()
  return rows.map(toSession)
}
