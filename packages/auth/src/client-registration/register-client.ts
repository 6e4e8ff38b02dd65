import { hash } from 'node:crypto'
import { OAuthError } from '@glia/contract'
import { type Database, isUniqueViolation } from '@glia/database'
import { type Clock, makeUlid, type Random } from '@glia/platform'
import type { Sealing } from '../sealing/index.ts'
import { checkClientMetadata } from './check-client-metadata.ts'
import { type Client, type ClientMetadata, findClientByDigest, grantTypes, insertClient } from './client.ts'
import { keptSecret } from './client-secret.ts'
import { readClientMetadata } from './read-client-metadata.ts'
import type { ClientTables } from './tables.ts'

export interface RegisterClientDeps {
  readonly database: Database<ClientTables>
  readonly clock: Clock
  readonly random: Random
  readonly issuer: () => string
  readonly deviceGrantEnabled: boolean
  readonly sealing: Sealing
}

/** Members that tell clients apart although nothing is done with them. */
const DIGESTED_EXTRAS = /^(?:software_id|software_version|(?:client_name|client_uri|logo_uri|policy_uri|tos_uri)#.+)$/

/**
 * Registers a client. Clients without secret register anew at every login: the same metadata gives the same client.
 * @returns the client, and its secret if it has one: it is shown only now
 * @throws OAuthError invalid_client_metadata, invalid_redirect_uri
 */
export async function registerClient(
  deps: RegisterClientDeps,
  body: Readonly<Record<string, unknown>>,
): Promise<{ client: Client; secret: string | undefined }> {
  const read = readClientMetadata(body)
  const metadata = { ...read, grantTypes: read.grantTypes.filter((type) => deps.deviceGrantEnabled || type !== grantTypes.deviceCode) }
  if (metadata.grantTypes.length === 0) {
    throw new OAuthError('invalid_client_metadata', 'grant_types contains none that this server offers')
  }
  checkClientMetadata(metadata, deps.issuer())
  if (metadata.tokenEndpointAuthMethod === 'none') return { client: await publicClient(deps, metadata, body), secret: undefined }
  const secret = metadata.tokenEndpointAuthMethod === 'private_key_jwt' ? undefined : deps.random.text(40)
  const client = newClient(deps, metadata, secret)
  await deps.database.transaction((tx) => insertClient(tx, client, undefined))
  return { client, secret }
}

async function publicClient(deps: RegisterClientDeps, metadata: ClientMetadata, body: Readonly<Record<string, unknown>>): Promise<Client> {
  const digest = digestOf(metadata, body)
  const known = await findClientByDigest(deps.database.read, digest)
  if (known) return known
  const client = newClient(deps, metadata, undefined)
  try {
    await deps.database.transaction((tx) => insertClient(tx, client, digest))
    return client
  } catch (error) {
    const faster = isUniqueViolation(error) ? await findClientByDigest(deps.database.read, digest) : undefined
    if (faster) return faster
    throw error
  }
}

function newClient(deps: RegisterClientDeps, metadata: ClientMetadata, secret: string | undefined): Client {
  const id = makeUlid(deps.clock, deps.random)
  const kept = keptSecret(deps.sealing, { id, method: metadata.tokenEndpointAuthMethod, secret })
  return { ...metadata, id, createdAtMs: deps.clock.nowMs(), ...kept, isStatic: false }
}

/** Order of lists and members makes no difference. */
function digestOf(metadata: ClientMetadata, body: Readonly<Record<string, unknown>>): string {
  const extras = Object.entries(body).filter(([name]) => DIGESTED_EXTRAS.test(name))
  const entries = [...Object.entries(metadata), ...extras]
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, Array.isArray(value) ? [...value].sort() : value] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return hash('sha256', JSON.stringify(entries), 'hex')
}
