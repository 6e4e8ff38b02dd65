import { hash } from 'node:crypto'

/** The form in which tokens, codes and cookies are stored and looked up: SHA-256 in base64url. They carry enough chance to need no salt. */
export function hashToken(token: string): string {
  return hash('sha256', token, 'base64url')
}
