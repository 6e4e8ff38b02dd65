import { createPrivateKey, createPublicKey, generateKeyPair, hash, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import type { AnyTransaction, Database } from '@glia/database'
import type { Clock } from '@glia/platform'
import type { JWK } from 'jose'
import type { Sealing } from '../sealing/index.ts'
import { findSigningKey, listSigningKeys, putSigningKey, type SigningKeyRow } from './signing-key-store.ts'
import type { KeyKind, SigningKeyTables } from './tables.ts'

export const keyKinds = ['RSA', 'EC'] as const satisfies readonly KeyKind[]

/** ID tokens are good for so long. */
export const ID_TOKEN_LIFETIME_MS = 60 * 60_000
/** A retired key is published until the last token that it signed is over; a little longer, for clocks that differ. */
export const RETIRED_KEY_KEPT_MS = ID_TOKEN_LIFETIME_MS + 10 * 60_000

export interface SigningKeyInfo {
  readonly kid: string
  readonly kind: KeyKind
  readonly createdAtMs: number
  /** Undefined: it signs. */
  readonly retiredAtMs: number | undefined
  /** It is among the public keys. */
  readonly isPublished: boolean
}

/**
 * The keys that sign ID tokens: one of RSA, one of the curve P-256. They are kept in the database, so that all processes change at once; the
 * RSA key of the configuration is taken up when the database does not know it, and signs then.
 */
export interface SigningKeys {
  /** Takes up the key of the configuration and makes what is missing. @throws Error when the keys cannot be opened */
  start(): Promise<void>
  /** Those that sign, and those whose tokens are not over. */
  publicKeys(): Promise<JWK[]>
  signer(kind: KeyKind): Promise<{ kid: string; key: KeyObject }>
  /** RSA first, of each kind the newest. */
  list(): Promise<SigningKeyInfo[]>
  /** New keys sign from now on. @param also what must become true with it @returns their ids */
  rotate(kinds: readonly KeyKind[], also: (tx: AnyTransaction, kids: readonly string[]) => Promise<void>): Promise<string[]>
}

export function createSigningKeys(deps: {
  database: Database<SigningKeyTables>
  clock: Clock
  sealing: Sealing
  /** RSA */
  configured: KeyObject
}): SigningKeys {
  const { database, clock, sealing, configured } = deps
  const opened = new Map<string, KeyObject>()

  function open({ kid, sealed_key: sealed }: SigningKeyRow): KeyObject {
    const known = opened.get(kid)
    if (known) return known
    const key = createPrivateKey(openSealed(sealing, kid, sealed ?? ''))
    opened.set(kid, key)
    return key
  }
  const toRow = (key: KeyObject, kind: KeyKind) => {
    const jwk = publicJwk(key)
    const pem = key.export({ type: 'pkcs8', format: 'pem' }).toString()
    const row = { kid: jwk.kid, kind, public_jwk: JSON.stringify(jwk), sealed_key: sealing.seal(pem, purposeOf(jwk.kid)) }
    return { ...row, created_at_ms: clock.nowMs() }
  }
  const isPublished = ({ retired_at_ms: retiredAtMs }: SigningKeyRow) =>
    retiredAtMs === null || retiredAtMs > clock.nowMs() - RETIRED_KEY_KEPT_MS

  async function start(): Promise<void> {
    const ours = publicJwk(configured).kid
    const made = await makeKey('EC')
    await database.transaction(async (tx) => {
      await tx.lock('signing keys')
      const rows = await listSigningKeys(tx.db)
      if (!rows.some(({ kid }) => kid === ours)) await putSigningKey(tx, toRow(configured, 'RSA'))
      if (!(await findSigningKey(tx.db, 'EC'))) await putSigningKey(tx, toRow(made, 'EC'))
    })
    for (const row of await listSigningKeys(database.read)) if (row.retired_at_ms === null) open(row)
  }

  return {
    start,
    async publicKeys() {
      return (await listSigningKeys(database.read)).filter(isPublished).map((row) => JSON.parse(row.public_jwk) as JWK)
    },
    async signer(kind) {
      const row = await findSigningKey(database.read, kind)
      if (!row) throw new Error(`there is no ${kind} key to sign with`)
      return { kid: row.kid, key: open(row) }
    },
    async list() {
      return (await listSigningKeys(database.read)).map((row) => ({
        kid: row.kid,
        kind: row.kind,
        createdAtMs: row.created_at_ms,
        retiredAtMs: row.retired_at_ms ?? undefined,
        isPublished: isPublished(row),
      }))
    },
    async rotate(kinds, also) {
      await start()
      const rows = await Promise.all(kinds.map(async (kind) => toRow(await makeKey(kind), kind)))
      const kids = rows.map(({ kid }) => kid)
      await database.transaction(async (tx) => {
        await tx.lock('signing keys')
        for (const row of rows) await putSigningKey(tx, row)
        await also(tx, kids)
      })
      return kids
    },
  }
}

const purposeOf = (kid: string) => `signing key ${kid}`

function openSealed(sealing: Sealing, kid: string, sealed: string): string {
  try {
    return sealing.open(sealed, purposeOf(kid))
  } catch (cause) {
    throw new Error(`the signing key ${kid} cannot be decrypted: is glia.auth.encryption_key_path the file that was used before?`, {
      cause,
    })
  }
}

async function makeKey(kind: KeyKind): Promise<KeyObject> {
  const generate = promisify(generateKeyPair)
  const pair = kind === 'RSA' ? await generate('rsa', { modulusLength: 2048 }) : await generate('ec', { namedCurve: 'P-256' })
  return pair.privateKey
}

/** With its thumbprint as `kid` (RFC 7638: over the required members in the order of the alphabet). An RSA key signs with several algorithms. */
function publicJwk(key: KeyObject): JWK & { kid: string } {
  const { kty, n, e, crv, x, y } = createPublicKey(key).export({ format: 'jwk' })
  const members = kty === 'RSA' ? { e, kty, n } : { crv, kty, x, y }
  const kid = hash('sha256', JSON.stringify(members), 'base64url')
  return { ...members, kid, use: 'sig', ...(kty === 'EC' ? { alg: 'ES256' } : {}) } as JWK & { kid: string }
}
