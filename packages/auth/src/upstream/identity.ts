import { canonicalEmail } from '../email/index.ts'
import type { Claims } from './claim-template.ts'
import type { UpstreamProvider } from './provider.ts'

/** Who somebody is at a provider, read by the provider's templates. */
export interface UpstreamIdentity {
  readonly subject: string
  /** The session at the provider. */
  readonly sid: string | undefined
  readonly localpart: string | undefined
  readonly displayName: string | undefined
  /** Confirmed by the provider: an address that it says is not confirmed is left out. */
  readonly email: string | undefined
  readonly accountName: string | undefined
}

/** Somebody cannot come in this way; the message is for the person. */
export class UpstreamRefusal extends Error {
  override readonly name = 'UpstreamRefusal'
}

const MAX_LENGTH = 255

/** @throws UpstreamRefusal when something is missing without which nobody gets in */
export function readIdentity({ claims: imports }: UpstreamProvider, claims: Claims): UpstreamIdentity {
  const subject = imports.subject(claims)
  if (subject === undefined || !isStorable(subject)) throw missing('an identifier')
  const imported = (name: string, rule: UpstreamProvider['claims']['email'], read: (text: string) => string | undefined) => {
    if (rule.action === 'ignore') return undefined
    const value = rule.template(claims)
    const usable = value === undefined || !isStorable(value) ? undefined : read(value)
    if (usable === undefined && rule.action === 'require') throw missing(name)
    return usable
  }
  const { sid } = claims.id_token_claims
  const accountName = imports.accountName(claims)
  return {
    subject,
    sid: typeof sid === 'string' && isStorable(sid) ? sid : undefined,
    localpart: imported('a user name', imports.localpart, (text) => text.toLowerCase()),
    displayName: imported('a name', imports.displayName, (text) => text),
    email: imported('a confirmed e-mail address', imports.email, (text) =>
      claims.user.email_verified === false ? undefined : canonicalEmail(text),
    ),
    accountName: accountName !== undefined && isStorable(accountName) ? accountName : undefined,
  }
}

function isStorable(text: string): boolean {
  return text.length <= MAX_LENGTH && !text.includes('\0')
}

function missing(what: string): UpstreamRefusal {
  return new UpstreamRefusal(`The provider did not say ${what}, without which nobody can sign in here.`)
}
