import { MatrixError } from '@glia/contract'
import type { UserId } from '@glia/protocol'
import type { Accounts } from '../accounts/index.ts'
import type { PasswordCheck } from '../legacy-login/index.ts'
import type { VisitDeps } from './visit.ts'

export interface OwnPasswordDeps extends VisitDeps {
  readonly accounts: Accounts
  readonly passwordCheck: PasswordCheck
  readonly passwordsEnabled: boolean
}

/** Whether there is a password to ask for before something important: accounts without one are trusted by their cookie (MAS). */
export async function hasOwnPassword(deps: OwnPasswordDeps, userId: UserId): Promise<boolean> {
  return deps.passwordsEnabled && (await deps.accounts.find(deps.database.read, userId))?.passwordHash !== undefined
}

/** @returns what is wrong, for the person */
export async function problemOfOwnPassword(deps: OwnPasswordDeps, userId: UserId, password: string): Promise<string | undefined> {
  if (!(await hasOwnPassword(deps, userId))) return undefined
  try {
    return (await deps.passwordCheck.isRight(userId, password)) ? undefined : 'Your current password is wrong.'
  } catch (error) {
    if (error instanceof MatrixError && error.errcode === 'M_LIMIT_EXCEEDED') return 'Too many attempts. Wait a while before you try again.'
    throw error
  }
}
