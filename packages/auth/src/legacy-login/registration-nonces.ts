import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import type { Clock, Random, Secret } from '@glia/platform'

/**
 * Nonces of shared-secret registration: 128 hex digits, good once and for 60 seconds. A nonce proves by itself who made it and when,
 * so any process of the server takes it, also after a restart; that it was used is remembered by the process that saw it.
 */
export interface RegistrationNonces {
  create(): string
  /** @returns false for a nonce that is not ours, too old, or was used */
  use(nonce: string): boolean
}

const LIFETIME_MS = 60_000
const RANDOM_BYTES = 26
const TIME_BYTES = 6
const NONCE_FORM = /^[0-9a-f]{128}$/

export function createRegistrationNonces(deps: { secret: Secret; clock: Clock; random: Random }): RegistrationNonces {
  const { clock, random } = deps
  const key = Buffer.from(hkdfSync('sha256', deps.secret.reveal(), '', 'glia shared-secret registration nonce', 32))
  const used = new Map<string, number>()
  const macOf = (head: Buffer) => createHmac('sha256', key).update(head).digest()

  return {
    create() {
      const head = Buffer.alloc(TIME_BYTES + RANDOM_BYTES)
      head.writeUIntBE(clock.nowMs(), 0, TIME_BYTES)
      random.bytes(RANDOM_BYTES).copy(head, TIME_BYTES)
      return Buffer.concat([head, macOf(head)]).toString('hex')
    },
    use(nonce) {
      const now = clock.nowMs()
      for (const [old, expiresAtMs] of used) if (expiresAtMs < now) used.delete(old)
      if (!NONCE_FORM.test(nonce) || used.has(nonce)) return false
      const bytes = Buffer.from(nonce, 'hex')
      const head = bytes.subarray(0, TIME_BYTES + RANDOM_BYTES)
      if (!timingSafeEqual(macOf(head), bytes.subarray(head.length))) return false
      const expiresAtMs = head.readUIntBE(0, TIME_BYTES) + LIFETIME_MS
      if (expiresAtMs < now) return false
      used.set(nonce, expiresAtMs)
      return true
    },
  }
}
