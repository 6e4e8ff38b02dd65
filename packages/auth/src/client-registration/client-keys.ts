import type { Outbound } from '@glia/platform'
import type { createRemoteJWKSet, JWTVerifyGetKey } from 'jose'
import { fetchThrough } from '../outbound-fetch.ts'
import type { Client } from './client.ts'

/** The keys of a client could not be had; nothing is said about the client. */
export class ClientKeysUnreachable extends Error {}

/** How many key sets that are kept elsewhere are remembered. */
const MAX_REMEMBERED = 500

/** The public keys with which clients sign. */
export interface ClientKeys {
  /** @throws ClientKeysUnreachable from the function that it gives */
  of(client: Client): Promise<JWTVerifyGetKey | undefined>
}

/**
 * Key sets at a `jwks_uri` are remembered for a while, and asked for anew when a key is missing. Those that a client named itself are asked
 * for like any address that strangers choose; those of the configuration may be anywhere.
 */
export function createClientKeys(outbound: { readonly guarded: Outbound; readonly trusted: Outbound }): ClientKeys {
  const remembered = new Map<string, ReturnType<typeof createRemoteJWKSet>>()

  async function remoteKeys(uri: string, isTrusted: boolean): Promise<JWTVerifyGetKey> {
    const { createRemoteJWKSet, customFetch, errors } = await import('jose')
    const name = `${isTrusted} ${uri}`
    const fetch = fetchThrough(isTrusted ? outbound.trusted : outbound.guarded)
    const keys = remembered.get(name) ?? createRemoteJWKSet(new URL(uri), { [customFetch]: fetch })
    remembered.delete(name)
    remembered.set(name, keys)
    if (remembered.size > MAX_REMEMBERED) remembered.delete(remembered.keys().next().value!)
    return async (header, token) => {
      try {
        return await keys(header, token)
      } catch (error) {
        if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) throw error
        throw new ClientKeysUnreachable(`the keys at ${uri} could not be read`, { cause: error })
      }
    }
  }

  return {
    async of({ jwks, jwksUri, isStatic }) {
      if (jwksUri !== undefined) return remoteKeys(jwksUri, isStatic)
      if (jwks === undefined) return undefined
      const { createLocalJWKSet } = await import('jose')
      return createLocalJWKSet(jwks)
    },
  }
}
