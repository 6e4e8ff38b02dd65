import { readFileSync } from 'node:fs'
import { Pool } from 'undici'
import { callApi, registerBySharedSecret, type TestUser } from '../support/start-server.ts'

export interface TargetOptions {
  readonly name: string
  readonly url: string
  /** With it users are registered. */
  readonly sharedSecret: string
  /** Its memory is measured; undefined: not. */
  readonly pid: number | undefined
}

/** A server that is measured. */
export class Target {
  readonly name: string
  readonly url: string
  readonly #secret: string
  readonly #pid: number | undefined
  readonly #pool: Pool
  readonly #users: TestUser[] = []
  /** So that a server may be measured again. */
  readonly #run = Date.now().toString(36)

  constructor({ name, url, sharedSecret, pid }: TargetOptions) {
    this.name = name
    this.url = url.replace(/\/$/, '')
    this.#secret = sharedSecret
    this.#pid = pid
    this.#pool = new Pool(this.url, { connections: 8, pipelining: 1 })
  }

  /** That many users, made when they are first asked for. The first one is an admin. */
  async users(count: number): Promise<TestUser[]> {
    const missing = Math.max(0, count - this.#users.length)
    const first = this.#users.length
    await inParallel(missing, async (n) => {
      this.#users[first + n] = await this.#register(`bench-${this.#run}-${first + n}`, first + n === 0)
    })
    return this.#users.slice(0, count)
  }

  #register(localpart: string, admin: boolean): Promise<TestUser> {
    const api = (method: string, path: string, request = {}) => callApi(this.url + path, method, request)
    return registerBySharedSecret({ api }, this.#secret, { localpart, password: 'a password of the benchmark', admin })
  }

  /** @throws for any answer that is not 200 */
  // biome-ignore lint/suspicious/noExplicitAny: answers have every shape
  async call(user: TestUser, method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown, signal?: AbortSignal): Promise<any> {
    const headers = { authorization: `Bearer ${user.accessToken}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) }
    const answer = await this.#pool.request({
      method,
      path: `/_matrix/client/v3${path}`,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    })
    if (answer.statusCode !== 200) throw new Error(`${this.name}: ${method} ${path}: ${answer.statusCode} ${await answer.body.text()}`)
    return answer.body.json()
  }

  async createRoom(creator: TestUser, members: readonly TestUser[] = []): Promise<string> {
    const { room_id: roomId } = await this.call(creator, 'POST', '/createRoom', { preset: 'public_chat' })
    await inParallel(members.length, (n) => this.join(members[n]!, roomId))
    return roomId
  }

  join(user: TestUser, roomId: string): Promise<unknown> {
    return this.call(user, 'POST', `/join/${encodeURIComponent(roomId)}`, {})
  }

  /** Resident memory in MiB; NaN where it is not known. */
  memory(): number {
    if (this.#pid === undefined) return Number.NaN
    const found = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${this.#pid}/status`, 'utf8'))
    return Math.round(Number(found?.[1]) / 1024)
  }

  close(): Promise<void> {
    return this.#pool.destroy()
  }
}

/** Does `work` for 0 … count - 1, a few at a time. */
export async function inParallel(count: number, work: (number: number) => Promise<unknown>, lanes = 8): Promise<void> {
  let next = 0
  const lane = async () => {
    while (next < count) await work(next++)
  }
  await Promise.all(Array.from({ length: lanes }, lane))
}

/** The value below which this share of the values is. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
