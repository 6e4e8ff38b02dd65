import type { AnyTransaction } from '@glia/database'
import type { UserId } from '@glia/protocol'
import type { Accounts } from '../accounts/index.ts'
import { type Html, html } from '../html.ts'
import type { PasswordHasher } from '../passwords/index.ts'
import type { Sessions } from '../sessions/index.ts'
import { checkbox, textField } from './layout.ts'
import type { VisitDeps } from './visit.ts'

export interface SetPasswordDeps extends VisitDeps {
  readonly accounts: Accounts
  readonly passwords: PasswordHasher
  readonly sessions: Sessions
}

/** As in MAS nothing ends with a new password, unless it is asked for. */
export function newPasswordFields(): Html {
  return html`${textField({ name: 'new_password', label: 'New password', type: 'password', autocomplete: 'new-password' })}
${textField({ name: 'new_password_confirm', label: 'New password, once more', type: 'password', autocomplete: 'new-password' })}
${checkbox('end_sessions', 'Sign out everywhere else, and remove those devices. Encrypted messages that only they can read are lost.')}`
}

/** @param change.keptBrowserId the browser that stays signed in */
export async function setPassword(
  tx: AnyTransaction,
  deps: SetPasswordDeps,
  change: { userId: UserId; passwordHash: string; endsSessions: boolean; keptBrowserId: string | undefined },
): Promise<void> {
  const { userId } = change
  await deps.accounts.setPasswordHash(tx, userId, change.passwordHash)
  if (!change.endsSessions) return
  await deps.sessions.endAll(tx, userId, { exceptSessionId: change.keptBrowserId })
  await deps.homeserver.deleteAllDevices(tx, userId, {})
}
