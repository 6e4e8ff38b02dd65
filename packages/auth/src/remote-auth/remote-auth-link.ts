import { MatrixError } from '@glia/contract'
import type { Requester } from '@glia/http'

/**
 * What the homeserver may ask of its auth service when that is another program: nothing about passwords and sessions, which are its own.
 * What ends here (devices, accounts), the auth service ends there by itself. Source: Synapse with `matrix_authentication_service`.
 */
export function createRemoteAuthLink() {
  const elsewhere = async (): Promise<never> => {
    throw new MatrixError('M_UNRECOGNIZED', 'Accounts of this server are kept by its auth service', { status: 404 })
  }
  return {
    hashPassword: elsewhere,
    async createAccount(): Promise<void> {},
    async setPasswordHash(): Promise<void> {},
    async hasPassword(): Promise<boolean> {
      return false
    },
    async endSessions(): Promise<void> {},
    async endDeviceSessions(): Promise<void> {},
    createLegacySession: elsewhere,
    createPuppetToken: elsewhere,
    async replaceUpstreamLinks(): Promise<boolean> {
      return true
    },
    /** @throws MatrixError M_UNRECOGNIZED (404) for people: tokens from elsewhere cannot prove anything more */
    async confirmIdentity(requester: Requester): Promise<void> {
      if (requester.origin !== 'appservice') throw new MatrixError('M_UNRECOGNIZED', 'Unrecognized request', { status: 404 })
    },
  }
}
