import { createHmac } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { DialectName } from '@glia/database'
import { type Clock, createLogger, systemClock, systemRandom } from '@glia/platform'
import { openConfig, type RunningServer, runServer } from '@glia/server'
import { emptyDatabase } from '@glia/testing'
import { stringify } from 'yaml'

export interface TestUser {
  readonly userId: string
  readonly localpart: string
  readonly password: string
  readonly accessToken: string
  readonly deviceId: string
}

export interface ApiAnswer {
  readonly status: number
  /** Parsed JSON; the text where it is none. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly body: any
  readonly headers: Headers
}

export interface ApiRequest {
  readonly token?: string
  /** Sent as JSON. */
  readonly body?: unknown
  /** Sent as it is. */
  readonly raw?: string | Uint8Array
  readonly form?: Record<string, string>
  readonly headers?: Record<string, string>
  readonly redirect?: RequestInit['redirect']
}

/** A Glia server with an empty database, on a free port, in this process. */
export interface TestServer {
  readonly url: string
  readonly serverName: string
  readonly dataDir: string
  /** With it, the command line finds the same server: its folder, configuration and database. */
  readonly env: Readonly<Record<string, string>>
  readonly running: RunningServer
  api(method: string, path: string, request?: ApiRequest): Promise<ApiAnswer>
  /** Registers through the shared secret, as Synapse's `register_new_matrix_user` does. */
  register(localpart: string, options?: { admin?: boolean; password?: string }): Promise<TestUser>
  /** Stops and starts it again on the same data; the port stays. @param changes to the settings */
  restart(changes?: Record<string, unknown>): Promise<void>
  /** Stops it and removes its data. */
  remove(): Promise<void>
}

const SHARED_SECRET_FILE = 'secrets/registration_shared_secret'

/** Limits that no test meets, like those of the Synapse that answers are compared with. */
const NO_LIMITS = (() => {
  const big = { per_second: 100_000, burst_count: 100_000 }
  return {
    rc_message: big,
    rc_registration: big,
    rc_registration_token_validity: big,
    rc_3pid_validation: big,
    rc_login: { address: big, account: big, failed_attempts: big },
    rc_joins: { local: big, remote: big },
    rc_joins_per_room: big,
    rc_invites: { per_room: big, per_user: big, per_issuer: big },
    rc_room_creation: big,
    rc_media_create: big,
    rc_reports: big,
    rc_delayed_event_mgmt: big,
    rc_presence: { per_user: big },
  }
})()

const SERVER_NAME = 'glia.test'

/** Settings of a server for tests: any free port, open registration, no rate limits. `config` wins over them. */
export function testSettings(config: Record<string, unknown> = {}) {
  return {
    server_name: SERVER_NAME,
    listeners: [{ port: 0, bind_addresses: ['127.0.0.1'], type: 'http', resources: [{ names: ['client', 'federation'] }] }],
    enable_registration: true,
    enable_registration_without_verification: true,
    registration_shared_secret_path: SHARED_SECRET_FILE,
    ...NO_LIMITS,
    // its news would come between those that a test waits for
    presence: { enabled: false },
    ...config,
  }
}

/** Puts the shared secret of the tests into a data folder. */
export function writeSharedSecret(dataDir: string): void {
  const file = join(dataDir, SHARED_SECRET_FILE)
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  writeFileSync(file, 'shared secret of the tests', { mode: 0o600 })
}

/** @param options.config settings that win over the usual ones of a test (registration open, no rate limits) */
export async function startTestServer(
  options: { dialect?: DialectName; config?: Record<string, unknown>; clock?: Clock; log?: boolean } = {},
): Promise<TestServer> {
  const dataDir = mkdtempSync(join(tmpdir(), 'glia-server-'))
  const place = options.dialect === 'postgres' ? await emptyDatabase('postgres') : undefined
  const file = join(dataDir, 'test.yaml')
  const settings = testSettings(options.config)
  writeSharedSecret(dataDir)
  const write = () => writeFileSync(file, stringify(settings))
  write()
  const env: Record<string, string> = place?.options.kind === 'postgres' ? { GLIA_DATABASE_URL: String(place.options.connection) } : {}
  const start = async () => {
    const { config } = await openConfig({ cli: { dataDir, config: [file] }, env, random: systemRandom })
    const logger = createLogger({ level: options.log ? 'debug' : 'silent', format: 'text' })
    return runServer({ config, clock: options.clock ?? systemClock, random: systemRandom, logger, checkAnswers: true })
  }
  let running = await start()
  const server: TestServer = {
    get url() {
      return running.url
    },
    get running() {
      return running
    },
    serverName: SERVER_NAME,
    dataDir,
    env: { ...env, GLIA_DATA_DIR: dataDir, GLIA_CONFIG: file },
    api: (method, path, request) => callApi(running.url + path, method, request),
    register: (localpart, { admin = false, password = `password of ${localpart}` } = {}) =>
      registerBySharedSecret(server, sharedSecretOf(dataDir), { localpart, password, admin }),
    async restart(changes = {}) {
      Object.assign(settings, changes)
      settings.listeners = [{ ...settings.listeners[0]!, port: running.listening.port }]
      write()
      await running.stop()
      running = await start()
    },
    async remove() {
      await running.stop()
      await place?.remove()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
  return server
}

/** One request with `fetch`, answered or not as it comes. */
export async function callApi(url: string, method: string, request: ApiRequest = {}): Promise<ApiAnswer> {
  const headers: Record<string, string> = { ...request.headers }
  if (request.token !== undefined) headers.authorization = `Bearer ${request.token}`
  let body: BodyInit | undefined
  if (request.raw !== undefined) body = request.raw as BodyInit
  else if (request.form !== undefined) body = new URLSearchParams(request.form)
  else if (request.body !== undefined) {
    headers['content-type'] ??= 'application/json'
    body = JSON.stringify(request.body)
  }
  const response = await fetch(url, { method, headers, redirect: request.redirect ?? 'manual', ...(body === undefined ? {} : { body }) })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: parsed(text) }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** The secret with which the test's server registers users. */
export function sharedSecretOf(dataDir: string): string {
  return readFileSync(join(dataDir, SHARED_SECRET_FILE), 'utf8').trim()
}

/** @param server anything with an `api`: also a real Synapse */
export async function registerBySharedSecret(
  server: Pick<TestServer, 'api'>,
  secret: string,
  user: { localpart: string; password: string; admin: boolean },
): Promise<TestUser> {
  const { body: challenge } = await server.api('GET', '/_synapse/admin/v1/register')
  const mac = createHmac('sha1', secret)
    .update(`${challenge.nonce}\0${user.localpart}\0${user.password}\0${user.admin ? 'admin' : 'notadmin'}`)
    .digest('hex')
  const answer = await server.api('POST', '/_synapse/admin/v1/register', {
    body: { nonce: challenge.nonce, username: user.localpart, password: user.password, admin: user.admin, mac },
  })
  if (answer.status !== 200)
    throw new Error(`registration of ${user.localpart} was refused: ${answer.status} ${JSON.stringify(answer.body)}`)
  return {
    userId: answer.body.user_id,
    localpart: user.localpart,
    password: user.password,
    accessToken: answer.body.access_token,
    deviceId: answer.body.device_id,
  }
}
