import type { Database } from '@glia/database'
import type { RateLimit, RateLimiter } from '@glia/http'
import type { UserId } from '@glia/protocol'
import type { Accounts } from '../accounts/index.ts'
import type { PasswordHasher } from '../passwords/index.ts'
import type { AuthSchema } from '../schema.ts'

export interface PasswordCheck {
  /**
   * Whether this is the password of the user; unknown users take as long as others. A hash of an older kind is replaced when it is right.
   * @throws MatrixError M_LIMIT_EXCEEDED after too many failed attempts on one account
   */
  isRight(userId: UserId | undefined, password: string): Promise<boolean>
}

export function createPasswordCheck(deps: {
  database: Database<AuthSchema>
  accounts: Accounts
  passwords: PasswordHasher
  limiter: RateLimiter
  failedAttempts: RateLimit
}): PasswordCheck {
  const { database, accounts, passwords, limiter, failedAttempts } = deps
  return {
    async isRight(userId, password) {
      const key = `failed login ${userId}`
      if (userId !== undefined) limiter.check(key, failedAttempts)
      const hash = userId === undefined ? undefined : (await accounts.find(database.read, userId))?.passwordHash
      if (!(await passwords.verify(password, hash)) || hash === undefined || userId === undefined) {
        if (userId !== undefined) limiter.tryTake(key, failedAttempts)
        return false
      }
      if (passwords.needsRehash(hash)) {
        const renewed = await passwords.hash(password)
        await database.transaction((tx) => accounts.setPasswordHash(tx, userId, renewed))
      }
      return true
    },
  }
}
