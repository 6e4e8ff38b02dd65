import type { Reads, Transaction } from '@glia/database'
import { isUlid } from '@glia/platform'
import type { JSONWebKeySet } from 'jose'
import type { ClientTables } from './tables.ts'

export const grantTypes = {
  authorizationCode: 'authorization_code',
  refreshToken: 'refresh_token',
  clientCredentials: 'client_credentials',
  deviceCode: 'urn:ietf:params:oauth:grant-type:device_code',
} as const

export type GrantType = (typeof grantTypes)[keyof typeof grantTypes]

export const clientAuthMethods = ['none', 'client_secret_basic', 'client_secret_post', 'client_secret_jwt', 'private_key_jwt'] as const
export type ClientAuthMethod = (typeof clientAuthMethods)[number]

/** With which algorithms a client may sign what it shows (RFC 7523). */
export const assertionAlgorithms = {
  client_secret_jwt: ['HS256', 'HS384', 'HS512'],
  private_key_jwt: ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'],
} as const satisfies Partial<Record<ClientAuthMethod, readonly string[]>>

export const idTokenAlgorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256'] as const
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
  /** Undefined: any that fits the method. */
  readonly tokenEndpointAuthSigningAlg: string | undefined
  /** Its public keys, or where they are. */
  readonly jwks: JSONWebKeySet | undefined
  readonly jwksUri: string | undefined
  readonly idTokenSignedResponseAlg: IdTokenAlgorithm | undefined
}

export interface Client extends ClientMetadata {
  /** ULID */
  readonly id: string
  readonly createdAtMs: number
  readonly secretHash: string | undefined
  /** The secret itself, for `client_secret_jwt` alone; see `Sealing`. */
  readonly sealedSecret: string | undefined
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

export async function listStaticClients(db: Reads<ClientTables>): Promise<Client[]> {
  return (await db.selectFrom('auth_clients').selectAll().where('is_static', '=', 1).execute()).map(toClient)
}

export async function insertClient(tx: Transaction<ClientTables>, client: Client, digest: string | undefined): Promise<void> {
  await tx.db
    .insertInto('auth_clients')
    .values({ ...toRow(client), metadata_digest: digest ?? null })
    .execute()
}

/** Takes the place of the client of this id; when it was made stays. */
export async function putClient(tx: Transaction<ClientTables>, client: Client): Promise<void> {
  const { created_at_ms, ...changing } = toRow(client)
  await tx.db
    .insertInto('auth_clients')
    .values({ ...changing, created_at_ms, metadata_digest: null })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ ...changing, metadata_digest: null }))
    .execute()
}

function toRow({ id, createdAtMs, secretHash, sealedSecret, isStatic, ...metadata }: Client) {
  return {
    id,
    created_at_ms: createdAtMs,
    secret_hash: secretHash ?? null,
    sealed_secret: sealedSecret ?? null,
    metadata: JSON.stringify(metadata),
    client_name: metadata.clientName ?? null,
    client_uri: metadata.clientUri ?? null,
    grant_types: metadata.grantTypes.join(' '),
    is_static: isStatic ? 1 : 0,
  }
}

export function toClient(row: ClientTables['auth_clients']): Client {
  const metadata = JSON.parse(row.metadata) as ClientMetadata
  return {
    ...metadata,
    id: row.id,
    createdAtMs: row.created_at_ms,
    secretHash: row.secret_hash ?? undefined,
    sealedSecret: row.sealed_secret ?? undefined,
    isStatic: row.is_static === 1,
  }
}
