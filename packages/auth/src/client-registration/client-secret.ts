import type { Sealing } from '../sealing/index.ts'
import { hashToken } from '../tokens/index.ts'
import type { Client, ClientAuthMethod } from './client.ts'

const purposeOf = (clientId: string) => `secret of client ${clientId}`

/** How a client's secret is kept: as a hash, and only where it must be known again, sealed. */
export function keptSecret(
  sealing: Sealing,
  { id, method, secret }: { id: string; method: ClientAuthMethod; secret: string | undefined },
): Pick<Client, 'secretHash' | 'sealedSecret'> {
  const isShown = method === 'client_secret_basic' || method === 'client_secret_post'
  return {
    secretHash: secret !== undefined && isShown ? hashToken(secret) : undefined,
    sealedSecret: secret !== undefined && method === 'client_secret_jwt' ? sealing.seal(secret, purposeOf(id)) : undefined,
  }
}

/** The secret of a client that signs with it. @throws Error when the server's encryption key is another one */
export function signingSecretOf(sealing: Sealing, client: Client): Uint8Array | undefined {
  return client.sealedSecret === undefined ? undefined : new TextEncoder().encode(sealing.open(client.sealedSecret, purposeOf(client.id)))
}
