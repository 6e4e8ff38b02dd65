import type { Reads, Transaction } from '@glia/database'
import { isUlid } from '@glia/platform'
import type { ClientTables } from './tables.ts'

export const grantTypes = {
  authorizationCode: 'authorization_code',
  refreshToken: 'refresh_token',
  clientCredentials: 'client_credentials',
  deviceCode: 'urn:ietf:params:oauth:grant-type:device_code',
} as const

export type GrantType = (typeof grantTypes)[keyof typeof grantTypes]

export const clientAuthMethods = ['none', 'client_secret_basic', 'client_secret_post'] as const
export type ClientAuthMethod = (typeof clientAuthMethods)[number]

export const idTokenAlgorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'] as const
export type IdTokenAlgorithm = (typeof idTokenAlgorithms)[number]

/** What a client said about itself when it registered (RFC 7591). URIs are in their normal form. */
export interface ClientMetadata {
  readonly redirectUris: readonly string[]
  readonly grantTypes: readonly GrantType[]
  readonly responseTypes: readonly string[]
  readonly applicationType: 'web' | 'native'
  readonly clientName: string | undefined
  readonly clientUri: string | undefined
  readonly logoUri: string | undefined
  readonly policyUri: string | undefined
  readonly tosUri: string | undefined
  readonly contacts: readonly string[] | undefined
  readonly tokenEndpointAuthMethod: ClientAuthMethod
  readonly idTokenSignedResponseAlg: IdTokenAlgorithm | undefined
}

export interface Client extends ClientMetadata {
  /** ULID */
  readonly id: string
  readonly createdAtMs: number
  readonly secretHash: string | undefined
  /** Declared in the configuration, not registered. */
  readonly isStatic: boolean
}

export async function findClient(db: Reads<ClientTables>, id: string): Promise<Client | undefined> {
  if (!isUlid(id)) return undefined
  const row = await db.selectFrom('auth_clients').selectAll().where('id', '=', id).executeTakeFirst()
  return row && toClient(row)
}

export async function findClientByDigest(db: Reads<ClientTables>, digest: string): Promise<Client | undefined> {
  const row = await db.selectFrom('auth_clients').selectAll().where('metadata_digest', '=', digest).executeTakeFirst()
  return row && toClient(row)
}

export async function insertClient(tx: Transaction<ClientTables>, client: Client, digest: string | undefined): Promise<void> {
  const { id, createdAtMs, secretHash, isStatic, ...metadata } = client
  await tx.db
    .insertInto('auth_clients')
    .values({
      id,
      created_at_ms: createdAtMs,
      metadata_digest: digest ?? null,
      secret_hash: secretHash ?? null,
      metadata: JSON.stringify(metadata),
      client_name: metadata.clientName ?? null,
      client_uri: metadata.clientUri ?? null,
      grant_types: metadata.grantTypes.join(' '),
      is_static: isStatic ? 1 : 0,
    })
    .execute()
}

export function toClient(row: ClientTables['auth_clients']): Client {
  const metadata = JSON.parse(row.metadata) as ClientMetadata
  return {
    ...metadata,
    id: row.id,
    createdAtMs: row.created_at_ms,
    secretHash: row.secret_hash ?? undefined,
    isStatic: row.is_static === 1,
  }
}
