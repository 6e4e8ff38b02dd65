import { MatrixError } from '@glia/contract'
import type { ConfirmedAddress, EmailValidations, ValidationPurpose } from '../email-validation/index.ts'
import { type Stage, StageFailed } from './stages.ts'

export const EMAIL_STAGE = 'm.login.email.identity'

/** `m.login.email.identity`: an address was confirmed by the link in an e-mail. Used up with what it was shown for. */
export function emailStage(deps: { validations: EmailValidations; purposeOf(operation: string): ValidationPurpose }): Stage {
  const { validations, purposeOf } = deps
  return {
    type: EMAIL_STAGE,
    async check(auth, { operation }) {
      const credentials = auth.threepid_creds ?? auth.threepidCreds
      if (credentials === undefined || credentials === null) throw new StageFailed('M_MISSING_PARAM', 'Missing threepid_creds')
      const { sid, client_secret: clientSecret } = credentials as Record<string, unknown>
      const isText = typeof sid === 'string' && typeof clientSecret === 'string' && !`${sid}${clientSecret}`.includes('\0')
      const found = isText ? await validations.findConfirmed(purposeOf(operation), { sid, clientSecret }) : undefined
      if (!found) throw new StageFailed('M_UNAUTHORIZED', 'Unable to get validated threepid')
      return JSON.stringify(found)
    },
    async settle(tx, shown, outcome) {
      if (outcome === 'freed') return
      // two sessions may have shown the same: it counts once
      if (!(await validations.spend(tx, parseShownEmail(shown).sid)))
        throw new MatrixError('M_UNAUTHORIZED', 'Unable to get validated threepid')
    },
  }
}

/** What a completed `m.login.email.identity` showed. */
export function parseShownEmail(shown: string): ConfirmedAddress {
  return JSON.parse(shown)
}
