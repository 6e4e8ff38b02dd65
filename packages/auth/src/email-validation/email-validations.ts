import { createHmac, hkdfSync } from 'node:crypto'
import type { AnyTransaction, Database } from '@glia/database'
import type { Clock, Random, Secret } from '@glia/platform'
import type { Mailing } from '../email/index.ts'
import { isSameText } from '../tokens/index.ts'
import type { EmailValidationTables } from './tables.ts'
import {
  deleteValidation,
  findValidation,
  findValidationOf,
  putValidation,
  type Validation,
  type ValidationPurpose,
} from './validation-store.ts'

export interface ValidationRequest {
  readonly purpose: ValidationPurpose
  /** Lower case, checked. */
  readonly address: string
  readonly clientSecret: string
  readonly sendAttempt: number
  readonly nextLink: string | undefined
  /** What is sent in place of the link; `nothing`: the client is only made to believe it. */
  readonly instead?: 'nothing' | 'alreadyInUse'
}

/** What a client, or the person in front of it, knows about a validation. */
export interface ValidationClaim {
  readonly sid: string
  readonly clientSecret: string
}

export interface ConfirmedAddress {
  readonly sid: string
  readonly address: string
  readonly validatedAtMs: number
}

/** Confirming e-mail addresses by a link, for clients. Source: Client-Server API, "POST …/email/requestToken". */
export interface EmailValidations {
  /**
   * Sends the link, unless it was sent for this `sendAttempt` or a later one, or the address is confirmed already.
   * @returns the `sid`, the same for the same purpose, address and secret while it can be used
   */
  request(request: ValidationRequest): Promise<string>
  /** What the link of a message is about, while it works. */
  look(purpose: ValidationPurpose, claim: ValidationClaim & { token: string }): Promise<Validation | undefined>
  /** Opens the link; may be done again. @returns undefined when the link is wrong or too old */
  confirm(purpose: ValidationPurpose, claim: ValidationClaim & { token: string }): Promise<Validation | undefined>
  /** The address, once it is confirmed and while that may be used. */
  findConfirmed(purpose: ValidationPurpose, claim: ValidationClaim): Promise<ConfirmedAddress | undefined>
  /** It was used. @returns false if it was used before */
  spend(tx: AnyTransaction, sid: string): Promise<boolean>
}

/** How long a client may take after the address was confirmed. */
const USABLE_MS = 24 * 3_600_000

const LINK: Record<ValidationPurpose, { path: string; text: 'confirmForRegistration' | 'confirmForAccount' | 'resetPassword' }> = {
  register: { path: 'registration', text: 'confirmForRegistration' },
  add: { path: 'add_threepid', text: 'confirmForAccount' },
  reset: { path: 'password_reset', text: 'resetPassword' },
}

/** The purpose in the path of a link. */
export function purposeOfPath(path: string): ValidationPurpose | undefined {
  return (Object.keys(LINK) as ValidationPurpose[]).find((purpose) => LINK[purpose].path === path)
}

export function createEmailValidations(deps: {
  database: Database<EmailValidationTables>
  clock: Clock
  random: Random
  /** The tokens in links are derived from it: none is kept. */
  secret: Secret
  mailing: Mailing
  publicBaseUrl: () => string
  /** How long a link works. */
  lifetimeMs: number
}): EmailValidations {
  const { database, clock, random, mailing, publicBaseUrl, lifetimeMs } = deps
  const key = Buffer.from(hkdfSync('sha256', deps.secret.reveal(), '', 'glia e-mail validation', 32))
  const tokenOf = (sid: string) => createHmac('sha256', key).update(sid).digest('base64url')

  function linkOf({ purpose, sid, clientSecret }: Validation): string {
    const url = new URL(`_matrix/client/unstable/${LINK[purpose].path}/email/submit_token`, publicBaseUrl())
    url.search = String(new URLSearchParams({ token: tokenOf(sid), client_secret: clientSecret, sid }))
    return url.href
  }

  async function findClaimed(purpose: ValidationPurpose, { sid, clientSecret }: ValidationClaim): Promise<Validation | undefined> {
    const validation = await findValidation(database.read, sid)
    if (!validation || validation.purpose !== purpose || validation.expiresAtMs <= clock.nowMs()) return undefined
    return isSameText(validation.clientSecret, clientSecret) ? validation : undefined
  }
  const look: EmailValidations['look'] = async (purpose, claim) =>
    isSameText(claim.token, tokenOf(claim.sid)) ? findClaimed(purpose, claim) : undefined

  return {
    request: (request) =>
      database.transaction(async (tx) => {
        const { instead, ...asked } = request
        await tx.lock(`e-mail validation ${asked.address}`)
        const nowMs = clock.nowMs()
        const before = await findValidationOf(tx.db, asked)
        const usable = before && before.expiresAtMs > nowMs ? before : undefined
        if (usable && (usable.validatedAtMs !== undefined || asked.sendAttempt <= usable.sendAttempt)) return usable.sid
        const sid = usable?.sid ?? random.text(16, 'letters')
        const validation = { ...asked, sid, expiresAtMs: nowMs + lifetimeMs, validatedAtMs: undefined }
        await putValidation(tx, validation)
        const { address } = asked
        if (instead === 'alreadyInUse') {
          await mailing.write(tx, { kind: 'alreadyInUse', address, about: [], usefulForMs: lifetimeMs })
        } else if (instead === undefined) {
          await mailing.write(tx, { kind: LINK[asked.purpose].text, address, about: [linkOf(validation)], usefulForMs: lifetimeMs })
        }
        return sid
      }),
    look,
    async confirm(purpose, claim) {
      const validation = await look(purpose, claim)
      if (!validation || validation.validatedAtMs !== undefined) return validation
      const nowMs = clock.nowMs()
      await database.transaction((tx) =>
        putValidation(tx, { ...validation, validatedAtMs: nowMs, expiresAtMs: Math.max(validation.expiresAtMs, nowMs + USABLE_MS) }),
      )
      return validation
    },
    async findConfirmed(purpose, claim) {
      const validation = await findClaimed(purpose, claim)
      if (validation?.validatedAtMs === undefined) return undefined
      return { sid: validation.sid, address: validation.address, validatedAtMs: validation.validatedAtMs }
    },
    spend: deleteValidation,
  }
}
