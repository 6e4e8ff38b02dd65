import { CliError, RefusedError } from '../errors.ts'
import { type JsonAnswer, mustGetJson, requestJson, textMember } from '../http.ts'
import type { AuthMetadata } from './auth-metadata.ts'

export const DEVICE_CODE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code'
const DEFAULT_INTERVAL_SECONDS = 5
const SLOW_DOWN_SECONDS = 5
const DEFAULT_LIFETIME_SECONDS = 600

/** A started device grant (RFC 8628, section 3.2). */
export interface DeviceGrant {
  readonly deviceCode: string
  readonly userCode: string
  readonly verificationUri: string
  /** With the code in it. */
  readonly verificationUriComplete: string | undefined
  readonly expiresInSeconds: number
  readonly intervalSeconds: number
}

/** Registers this program at the auth service (RFC 7591). @returns the client id */
export async function registerClient(metadata: AuthMetadata): Promise<string> {
  if (!metadata.registrationEndpoint) {
    throw new CliError('the auth service does not register clients by itself', { hints: ['Make a token there and give it with --token'] })
  }
  const answer = await mustGetJson('Registration of this program at the auth service', metadata.registrationEndpoint, {
    json: {
      client_name: 'Glia command line',
      client_uri: metadata.issuer,
      application_type: 'native',
      grant_types: [DEVICE_CODE_GRANT, 'refresh_token'],
      token_endpoint_auth_method: 'none',
    },
  })
  return textMember('Registration', answer, 'client_id')
}

export async function startDeviceGrant(endpoint: string, clientId: string, scope: string): Promise<DeviceGrant> {
  const answer = await mustGetJson('Start of the device grant', endpoint, { form: { client_id: clientId, scope } })
  const text = (name: string) => textMember('Start of the device grant', answer, name)
  const { verification_uri_complete: complete, expires_in: expiresIn, interval } = answer
  return {
    deviceCode: text('device_code'),
    userCode: text('user_code'),
    verificationUri: webAddress(text('verification_uri')),
    verificationUriComplete: typeof complete === 'string' ? webAddress(complete) : undefined,
    expiresInSeconds: typeof expiresIn === 'number' ? expiresIn : DEFAULT_LIFETIME_SECONDS,
    intervalSeconds: typeof interval === 'number' && interval > 0 ? interval : DEFAULT_INTERVAL_SECONDS,
  }
}

/** The address is shown and opened: nothing but a web page may be behind it. */
function webAddress(text: string): string {
  const url = URL.parse(text)
  if (!url || !['http:', 'https:'].includes(url.protocol)) throw new CliError('Start of the device grant: the address is no web page')
  return url.href
}

export interface WaitDeps {
  readonly nowMs: () => number
  readonly sleep: (ms: number) => Promise<void>
}

/**
 * Asks for the tokens until somebody has confirmed, at the server's pace (RFC 8628, section 3.5). A server that is away for a moment
 * is waited for.
 * @returns the token answer
 * @throws CliError when it was refused or nobody confirmed in time
 */
export async function waitForTokens(
  { nowMs, sleep }: WaitDeps,
  grant: DeviceGrant,
  client: { clientId: string; tokenEndpoint: string },
): Promise<Record<string, unknown>> {
  const form = { grant_type: DEVICE_CODE_GRANT, device_code: grant.deviceCode, client_id: client.clientId }
  const expiresAtMs = nowMs() + grant.expiresInSeconds * 1000
  let intervalSeconds = grant.intervalSeconds
  while (nowMs() < expiresAtMs) {
    await sleep(intervalSeconds * 1000)
    const answer = await orUndefined(requestJson(client.tokenEndpoint, { form }))
    if (answer?.ok) return answer.body
    if (!answer || answer.status >= 500 || answer.status === 429 || answer.body.error === 'slow_down') intervalSeconds += SLOW_DOWN_SECONDS
    else if (answer.body.error !== 'authorization_pending') throw refusal(answer)
  }
  throw notConfirmed()
}

/** Undefined when the server could not be reached. */
async function orUndefined(request: Promise<JsonAnswer>): Promise<JsonAnswer | undefined> {
  try {
    return await request
  } catch (error) {
    if (error instanceof CliError) return undefined
    throw error
  }
}

function refusal({ status, body }: JsonAnswer): CliError {
  if (body.error === 'access_denied') return new CliError('the request was refused in the browser')
  if (body.error === 'expired_token') return notConfirmed()
  return new RefusedError('Token', status, body)
}

function notConfirmed(): CliError {
  return new CliError('nobody has confirmed in time', { hints: ['Start again'] })
}
