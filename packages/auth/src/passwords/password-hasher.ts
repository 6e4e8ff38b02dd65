import { availableParallelism } from 'node:os'
import type { Random } from '@glia/platform'
import { type Argon2Cost, argon2CostOf, argon2Hash, argon2Verify } from './argon2-hash.ts'
import { fewAtATime } from './few-at-a-time.ts'

/** Passwords are compared in Unicode normal form NFKC, as Synapse does. All of it is slow on purpose: never inside a transaction. */
export interface PasswordHasher {
  /** @returns an argon2id PHC string */
  hash(plain: string): Promise<string>
  /** Takes argon2id and bcrypt hashes (`$2a$`, `$2b$`, `$2y$`). Without a hash it is false, and takes as long as with one. */
  verify(plain: string, hash: string | undefined): Promise<boolean>
  /** True for hashes of another kind or with less cost than new ones; ask after `verify` said yes. */
  needsRehash(hash: string): boolean
}

/** OWASP's second choice for argon2id: 19 MiB, two passes. */
const DEFAULT_COST: Argon2Cost = { memoryKib: 19 * 1024, passes: 2, parallelism: 1 }

export function createPasswordHasher(deps: { random: Random; cost?: Argon2Cost }): PasswordHasher {
  const { random, cost = DEFAULT_COST } = deps
  // a core is left for everything else, and memory is bounded
  const inTurn = fewAtATime(Math.max(1, availableParallelism() - 1))
  const hash: PasswordHasher['hash'] = (plain) => inTurn(() => argon2Hash(plain.normalize('NFKC'), random.bytes(16), cost))
  return {
    hash,
    async verify(plain, stored) {
      if (stored === undefined) {
        await hash(plain)
        return false
      }
      const normal = plain.normalize('NFKC')
      if (!/^\$2[aby]\$/.test(stored)) return inTurn(() => argon2Verify(normal, stored))
      const { default: bcrypt } = await import('bcryptjs')
      return bcrypt.compare(normal, stored)
    },
    needsRehash(stored) {
      const known = argon2CostOf(stored)
      return !known || known.memoryKib < cost.memoryKib || known.passes < cost.passes
    },
  }
}
