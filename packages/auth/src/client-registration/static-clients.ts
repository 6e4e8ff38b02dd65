import type { Transaction } from '@glia/database'
import type { Clock, Secret } from '@glia/platform'
import type { JSONWebKeySet } from 'jose'
import type { Sealing } from '../sealing/index.ts'
import { type Client, type ClientAuthMethod, grantTypes, listStaticClients, putClient } from './client.ts'
import { keptSecret } from './client-secret.ts'
import type { ClientTables } from './tables.ts'

/** A client of the configuration. Names and meaning as in MAS (`clients`). */
export interface StaticClient {
  /** ULID */
  readonly id: string
  readonly authMethod: ClientAuthMethod
  readonly name: string | null
  readonly uri: string | null
  readonly secret: Secret | null
  readonly jwks: JSONWebKeySet | null
  readonly jwksUri: string | null
  /** In their normal form. */
  readonly redirectUris: readonly string[]
}

/**
 * Brings the clients of the database in step with the configuration. They may use every grant, as in MAS. One that is not in the
 * configuration any more keeps its row, which sessions name, and may do nothing.
 */
export async function configureStaticClients(
  tx: Transaction<ClientTables>,
  { clock, sealing }: { clock: Clock; sealing: Sealing },
  clients: readonly StaticClient[],
): Promise<void> {
  const wanted = new Set(clients.map(({ id }) => id))
  for (const old of await listStaticClients(tx.db)) {
    if (wanted.has(old.id)) continue
    await putClient(tx, { ...old, grantTypes: [], redirectUris: [], responseTypes: [], secretHash: undefined, ...NO_KEYS })
  }
  for (const client of clients) await putClient(tx, toClient(client, clock.nowMs(), sealing))
}

const NO_KEYS = { sealedSecret: undefined, jwks: undefined, jwksUri: undefined }

function toClient(
  { id, authMethod: method, name, uri, secret, jwks, jwksUri, redirectUris }: StaticClient,
  nowMs: number,
  sealing: Sealing,
): Client {
  return {
    id,
    createdAtMs: nowMs,
    isStatic: true,
    ...keptSecret(sealing, { id, method, secret: secret?.reveal() }),
    redirectUris,
    grantTypes: Object.values(grantTypes),
    responseTypes: ['code'],
    applicationType: 'web',
    clientName: name ?? undefined,
    clientUri: uri ?? undefined,
    logoUri: undefined,
    policyUri: undefined,
    tosUri: undefined,
    contacts: undefined,
    tokenEndpointAuthMethod: method,
    tokenEndpointAuthSigningAlg: undefined,
    jwks: jwks ?? undefined,
    jwksUri: jwksUri ?? undefined,
    idTokenSignedResponseAlg: undefined,
  }
}
