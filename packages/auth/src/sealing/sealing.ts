import { createCipheriv, createDecipheriv } from 'node:crypto'
import type { Random, Secret } from '@glia/platform'

/** Encrypts secrets that must be kept in the database and read again: AES-256-GCM with the key of the configuration. */
export interface Sealing {
  /** @param purpose what it is and whose: it opens with the same words only */
  seal(text: string, purpose: string): string
  /** @throws Error when the key is another one, or what is kept was changed */
  open(sealed: string, purpose: string): string
}

const IV_BYTES = 12
const TAG_BYTES = 16

/** @param deps.key 32 bytes as 64 hex digits */
export function createSealing(deps: { key: Secret; random: Random }): Sealing {
  const key = Buffer.from(deps.key.reveal(), 'hex')
  return {
    seal(text, purpose) {
      const iv = deps.random.bytes(IV_BYTES)
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(purpose))
      return Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64url')
    },
    open(sealed, purpose) {
      const bytes = Buffer.from(sealed, 'base64url')
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
      decipher.setAAD(Buffer.from(purpose)).setAuthTag(bytes.subarray(-TAG_BYTES))
      return decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
    },
  }
}
