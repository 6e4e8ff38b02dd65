import { MatrixError } from '@glia/contract'
import { type Clock, type Outbound, OutboundError, type Secret } from '@glia/platform'
import { hashToken } from '../tokens/index.ts'

const TIMEOUT_MS = 10_000
const MAX_ANSWER_BYTES = 256 * 1024
/** A token that was revoked may be good for this long, unless its device or user went: then it is forgotten at once. Synapse has the same. */
const KEPT_MS = 2 * 60_000
const MOST_KEPT = 10_000

/** Where the auth service is. */
export interface RemoteAuthSettings {
  /** Without a slash at the end. */
  readonly endpoint: string
  readonly secret: Secret
}

/** What the auth service says of a good token (RFC 7662). */
export interface IntrospectedToken {
  readonly username: string | undefined
  readonly scopes: ReadonlySet<string>
  readonly deviceId: string | undefined
  readonly tokenHash: string
  readonly sessionId: string
}

export interface Introspector {
  /** @returns undefined for a token that is not good @throws MatrixError M_UNKNOWN (503) when nobody says */
  introspect(token: string): Promise<IntrospectedToken | undefined>
  /** Asks again from now on for tokens of the user. */
  forget(username: string): void
}

export function createIntrospector(settings: RemoteAuthSettings, deps: { outbound: Outbound; clock: Clock }): Introspector {
  const { outbound, clock } = deps
  const kept = new Map<string, { token: IntrospectedToken; untilMs: number }>()
  const asking = new Map<string, Promise<IntrospectedToken | undefined>>()

  let forgotten = 0

  async function ask(token: string, tokenHash: string): Promise<IntrospectedToken | undefined> {
    const forgottenBefore = forgotten
    const answer = await outbound
      .request({
        url: `${settings.endpoint}/oauth2/introspect`,
        method: 'POST',
        headers: {
          authorization: `Bearer ${settings.secret.reveal()}`,
          'content-type': 'application/x-www-form-urlencoded',
          accept: 'application/json',
          'x-mas-supports-device-id': '1',
        },
        body: new URLSearchParams({ token, token_type_hint: 'access_token' }).toString(),
        timeoutMs: TIMEOUT_MS,
        maxBytes: MAX_ANSWER_BYTES,
      })
      .catch((error) => {
        if (error instanceof OutboundError) throw unavailable(error)
        throw error
      })
    if (answer.status !== 200) throw unavailable(new Error(`introspection was answered with ${answer.status}`))
    const body = answer.json() as Record<string, unknown>
    if (body.active !== true) return undefined
    const found = toToken(body, tokenHash)
    const untilMs = Math.min(clock.nowMs() + KEPT_MS, typeof body.exp === 'number' ? body.exp * 1000 : Infinity)
    // something was forgotten while this was asked: it may be what was asked about
    if (forgotten !== forgottenBefore) return found
    if (kept.size >= MOST_KEPT) for (const oldest of kept.keys()) if (kept.delete(oldest)) break
    kept.set(tokenHash, { token: found, untilMs })
    return found
  }

  return {
    async introspect(token) {
      const tokenHash = hashToken(token)
      const known = kept.get(tokenHash)
      if (known && known.untilMs > clock.nowMs()) return known.token
      kept.delete(tokenHash)
      const running = asking.get(tokenHash) ?? ask(token, tokenHash).finally(() => asking.delete(tokenHash))
      asking.set(tokenHash, running)
      return running
    },
    forget(username) {
      forgotten++
      for (const [hash, { token }] of kept) if (token.username === username) kept.delete(hash)
    },
  }
}

function toToken(body: Record<string, unknown>, tokenHash: string): IntrospectedToken {
  const text = (name: string) => (typeof body[name] === 'string' ? (body[name] as string) : undefined)
  const [username, deviceId] = [text('username'), text('device_id')]
  return {
    username,
    scopes: new Set((text('scope') ?? '').split(' ').filter((scope) => scope !== '')),
    deviceId,
    tokenHash,
    sessionId: `${username ?? ''} ${deviceId ?? text('jti') ?? tokenHash}`,
  }
}

function unavailable(cause: Error): MatrixError {
  return new MatrixError('M_UNKNOWN', 'Unable to introspect the access token', { status: 503, cause })
}
