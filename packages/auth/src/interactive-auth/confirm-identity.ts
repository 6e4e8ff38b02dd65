import { MatrixError } from '@glia/contract'
import type { Origin, Requester } from '@glia/http'
import type { InteractiveAuth, Proof, ProofRequest } from './interactive-auth.ts'

export interface IdentityConfirmation {
  /**
   * Asks the requester for the password once more before something that cannot be undone. `operation` names what it is for.
   * @throws InteractiveAuthRequired until it is shown; MatrixError M_UNRECOGNIZED (404) for tokens from OAuth, which cannot pass;
   *   M_FORBIDDEN for somebody else's password. Application services are believed.
   */
  confirm(
    requester: Requester,
    request: { auth: unknown; operation: string; origin?: Origin; parameters?: ProofRequest['parameters'] },
  ): Promise<Proof>
}

const BELIEVED: Proof = { shown: {}, parameters: {}, consume: async () => {} }

const NO_ORIGIN: Origin = { ip: '', userAgent: '' }

export function createIdentityConfirmation(deps: { interactiveAuth: InteractiveAuth }): IdentityConfirmation {
  const { interactiveAuth } = deps
  const nameOf = (requester: Requester, operation: string) => `${requester.userId} ${operation}`
  return {
    async confirm(requester, { auth, operation, origin = NO_ORIGIN, parameters }) {
      refuseUnprovable(requester)
      if (requester.origin === 'appservice') return BELIEVED
      const proof = await interactiveAuth.prove({
        auth: authObject(auth),
        operation: nameOf(requester, operation),
        flows: [['m.login.password']],
        origin,
        ...(parameters ? { parameters } : {}),
      })
      if (proof.shown['m.login.password'] !== requester.userId) throw new MatrixError('M_FORBIDDEN', 'Invalid auth')
      return proof
    },
  }
}

/** Tokens from OAuth cannot prove anything more. @throws MatrixError M_UNRECOGNIZED (404) */
export function refuseUnprovable(requester: Requester): void {
  if (requester.origin === 'oauth' || requester.origin === 'personal') throw new MatrixError('M_UNRECOGNIZED', 'Unrecognized request')
}

/** @throws MatrixError M_BAD_JSON when it is there and no object */
export function authObject(auth: unknown): Record<string, unknown> | undefined {
  if (auth === undefined || auth === null) return undefined
  if (typeof auth !== 'object' || Array.isArray(auth)) throw new MatrixError('M_BAD_JSON', 'auth must be an object')
  return auth as Record<string, unknown>
}
