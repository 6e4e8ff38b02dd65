import type { Reads, Transaction } from '@glia/database'
import type { OutgoingMail } from './mail.ts'
import type { MailTables } from './tables.ts'

type Row = MailTables['auth_mails']

const toMail = (row: Row): OutgoingMail => ({
  id: row.id,
  kind: row.kind,
  address: row.address,
  subject: row.subject,
  text: row.body_text,
  html: row.body_html,
  createdAtMs: row.created_at_ms,
  expiresAtMs: row.expires_at_ms,
  attempts: row.attempts,
})

export async function insertMail(tx: Transaction<MailTables>, mail: OutgoingMail): Promise<void> {
  await tx.db
    .insertInto('auth_mails')
    .values({
      id: mail.id,
      kind: mail.kind,
      address: mail.address,
      subject: mail.subject,
      body_text: mail.text,
      body_html: mail.html,
      created_at_ms: mail.createdAtMs,
      expires_at_ms: mail.expiresAtMs,
      due_at_ms: mail.createdAtMs,
      attempts: mail.attempts,
    })
    .execute()
}

/** The oldest message that is due, with the time at which it became so. */
export async function findDueMail(db: Reads<MailTables>, nowMs: number): Promise<{ mail: OutgoingMail; dueAtMs: number } | undefined> {
  const row = await db
    .selectFrom('auth_mails')
    .selectAll()
    .where('due_at_ms', '<=', nowMs)
    .orderBy('due_at_ms')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst()
  return row && { mail: toMail(row), dueAtMs: row.due_at_ms }
}

/** Keeps others off a message until `untilMs`. @returns false if somebody else has it */
export async function claimMail(tx: Transaction<MailTables>, claim: { id: string; dueAtMs: number; untilMs: number }): Promise<boolean> {
  const result = await tx.db
    .updateTable('auth_mails')
    .set((columns) => ({ due_at_ms: claim.untilMs, attempts: columns('attempts', '+', 1) }))
    .where('id', '=', claim.id)
    .where('due_at_ms', '=', claim.dueAtMs)
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}

export async function postponeMail(tx: Transaction<MailTables>, id: string, dueAtMs: number): Promise<void> {
  await tx.db.updateTable('auth_mails').set({ due_at_ms: dueAtMs }).where('id', '=', id).execute()
}

export async function deleteMail(tx: Transaction<MailTables>, id: string): Promise<void> {
  await tx.db.deleteFrom('auth_mails').where('id', '=', id).execute()
}
