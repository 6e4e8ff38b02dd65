const MAX_LENGTH = 254
const MAX_LOCAL_LENGTH = 64
const FORM =
  /^[^\s@"(),:;<>[\]\\\p{Cc}\p{Cf}]+@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)*[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?$/u

/**
 * The form in which an address is compared and kept: lower case. What an address may look like is narrower than RFC 5322: no quotes,
 * comments or lists, so that it can only ever be one address.
 * @returns undefined when it is no address
 */
export function canonicalEmail(text: string): string | undefined {
  const address = text.trim().toLowerCase()
  if (address.length > MAX_LENGTH || !FORM.test(address) || address.indexOf('@') > MAX_LOCAL_LENGTH) return undefined
  return address
}
