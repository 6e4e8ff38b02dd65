import type { Random } from '@glia/platform'
import { checkCharacters } from './token-check.ts'

/** OAuth access and refresh tokens, and personal access tokens: the words of MAS. */
const PREFIXES = { oauthAccess: 'mat', oauthRefresh: 'mar', personalAccess: 'mpt' } as const
/** Tokens of the legacy login API look as Synapse's do. */
const LEGACY_PREFIXES = { legacyAccess: 'syt', legacyRefresh: 'syr' } as const

export type PlainTokenKind = keyof typeof PREFIXES
export type LegacyTokenKind = keyof typeof LEGACY_PREFIXES

/** Prefixes whose tokens always carry check characters of ours. `syt_` and `syr_` tokens may come from a Synapse, with its own. */
const CHECKED = /^(?:mat|mar|mpt|mct|mcr)_/
const CHECKED_FORM = /^(?:mat|mar|mpt|mct|mcr)_[0-9A-Za-z]{30}_[0-9A-Za-z]{6}$/

/** `<prefix>_<30 random>_<6 check>` */
export function generateToken(kind: PlainTokenKind, random: Random): string {
  return withCheck(`${PREFIXES[kind]}_${random.text(30)}`)
}

/** `<prefix>_<localpart in base64url>_<20 random>_<6 check>` */
export function generateLegacyToken(kind: LegacyTokenKind, localpart: string, random: Random): string {
  return withCheck(`${LEGACY_PREFIXES[kind]}_${Buffer.from(localpart).toString('base64url')}_${random.text(20, 'letters')}`)
}

/** False for what cannot be a token of ours, so that no look-up is needed. Imported tokens have no form of their own. */
export function isWellFormed(token: string): boolean {
  if (!CHECKED.test(token)) return true
  return CHECKED_FORM.test(token) && checkCharacters(token.slice(0, -7)) === token.slice(-6)
}

function withCheck(body: string): string {
  return `${body}_${checkCharacters(body)}`
}
