import type { JSONWebKeySet } from 'jose'

const MAX_KEYS = 20
/** Members of private and of symmetric keys (RFC 7518 section 6). */
const PRIVATE = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']

/** Reads a set of public keys (RFC 7517 section 5). @returns what is wrong, in words: "must …" */
export function readKeySet(value: unknown): JSONWebKeySet | string {
  const keys = (value as { keys?: unknown } | null | undefined)?.keys
  if (!Array.isArray(keys) || keys.length === 0 || keys.length > MAX_KEYS) return `must be an object whose keys are 1 to ${MAX_KEYS} JWKs`
  for (const key of keys) {
    if (typeof key !== 'object' || key === null || typeof key.kty !== 'string') return 'must hold JWKs, each with a kty'
    if (PRIVATE.some((member) => Object.hasOwn(key, member))) return 'must hold public keys only'
  }
  return { keys }
}
