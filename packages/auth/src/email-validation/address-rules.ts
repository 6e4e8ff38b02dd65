import { MatrixError } from '@glia/contract'
import { canonicalEmail } from '../email/index.ts'

/** Which addresses accounts may have. */
export interface AddressRules {
  /** Empty: any. A pattern is matched from the beginning of the address. */
  readonly allowed: readonly { readonly medium: string; readonly pattern: RegExp }[]
}

export function isAllowedAddress({ allowed }: AddressRules, address: string): boolean {
  return allowed.length === 0 || allowed.some(({ medium, pattern }) => medium === 'email' && pattern.test(address))
}

/** @returns the address in lower case @throws MatrixError M_INVALID_PARAM (`errcode`) */
export function readEmail(text: string, errcode: 'M_UNKNOWN' | 'M_INVALID_PARAM'): string {
  const address = canonicalEmail(text)
  if (address === undefined) throw new MatrixError(errcode, 'Unable to parse email address', { status: 400 })
  return address
}
