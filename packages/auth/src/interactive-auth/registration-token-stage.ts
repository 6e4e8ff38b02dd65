import type { Clock } from '@glia/platform'
import { type RegistrationTokens, reserveUse, settleUse } from '../registration-tokens/index.ts'
import { type Stage, StageFailed } from './stages.ts'

/** `m.login.registration_token`: a use is reserved when the token was shown, and spent when the account is there. */
export function registrationTokenStage(deps: { registrationTokens: RegistrationTokens; clock: Clock }): Stage {
  const { registrationTokens, clock } = deps
  const invalid = () => new StageFailed('M_UNAUTHORIZED', 'Invalid registration token')
  return {
    type: 'm.login.registration_token',
    async check(auth) {
      if (auth.token === undefined) throw new StageFailed('M_MISSING_PARAM', 'Missing registration token')
      if (typeof auth.token !== 'string') throw new StageFailed('M_INVALID_PARAM', 'Registration token must be a string')
      if (auth.token.includes('\0') || !(await registrationTokens.isUsable(auth.token))) throw invalid()
      return auth.token
    },
    async reserve(tx, token) {
      if (!(await reserveUse(tx, token, clock.nowMs()))) throw invalid()
    },
    settle: (tx, token, outcome) => settleUse(tx, token, outcome, clock.nowMs()),
  }
}
