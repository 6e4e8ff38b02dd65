import { randomInt } from 'node:crypto'
import type { TestHomeserver } from '../../support/on-homeservers.ts'
import type { ApiAnswer, ApiRequest, TestUser } from '../../support/start-server.ts'
import { Masks } from './masks.ts'

/** What was asked and answered, without what differs from run to run. */
export interface Note {
  readonly request: string
  readonly status: number
  readonly body: unknown
}

export interface Answer extends ApiAnswer {
  /** Method and path. */
  readonly request: string
}

/** A user of a scenario. */
export interface Actor extends TestUser {
  /** A request to the Client-Server API; a path that does not begin with `/_matrix` is below `/_matrix/client/v3`. */
  client(method: string, path: string, body?: unknown): Promise<Answer>
  /** A request to the Admin API: the path is below `/_synapse/admin`. */
  admin(method: string, path: string, body?: unknown): Promise<Answer>
  /** @returns the id of a new room, shown as `!name` */
  createRoom(name: string, body?: Readonly<Record<string, unknown>>): Promise<string>
  /** Sends a text. @returns the id of the event, shown as `$name` */
  say(roomId: string, name: string): Promise<string>
  /** A request with this user's token. */
  api(method: string, path: string, request?: ApiRequest): Promise<Answer>
}

/** What a scenario plays on: a homeserver on which others may have played before. */
export interface Stage {
  readonly url: string
  readonly serverName: string
  /** In every name that this scenario takes on the server, so that it finds its own users, rooms and tokens again. Never shown. */
  readonly mark: string
  /** @returns the localpart for this run; shown without the mark */
  localpart(name: string): string
  userId(name: string): string
  register(name: string, options?: { admin?: boolean }): Promise<Actor>
  /** The same user with another session. */
  logIn(user: TestUser, name: string): Promise<Actor>
  /** A request without a token unless the request has one. */
  api(method: string, path: string, request?: ApiRequest): Promise<Answer>
  /** From now on the value is shown under this name. */
  name(name: string, value: string): void
  /** Keeps an answer under a label, to be compared. `body` replaces the answer's, e.g. sorted. */
  note(label: string, answer: Answer, body?: unknown): void
  /** Asks until the answer is as wanted: for what a server does a little later. */
  until(ask: () => Promise<Answer>, wanted: (answer: Answer) => boolean): Promise<Answer>
}

export interface Scenario {
  /** The file of its recording. */
  readonly area: string
  run(stage: Stage): Promise<void>
}

/** Where the Client-Server API and the Admin API have a room. */
export function roomPath(roomId: string): string {
  return `/rooms/${encodeURIComponent(roomId)}`
}

/** State events in an order that does not depend on the server. */
export function sortedState<E extends { type: string; state_key: string }>(events: readonly E[]): E[] {
  const key = ({ type, state_key }: E) => `${type} ${state_key}`
  return events.toSorted((a, b) => (key(a) < key(b) ? -1 : 1))
}

/** Plays a scenario on a server. */
export async function play(scenario: Scenario, server: TestHomeserver): Promise<ReadonlyMap<string, Note>> {
  const notes = new Map<string, Note>()
  const masks = new Masks()
  const mark = newMark()
  masks.name('', `.${mark}`)
  masks.name('MARK', mark)
  masks.name('MARK', mark.toUpperCase())
  masks.name('SERVER', server.serverName)
  masks.name('http://SERVER', server.url)

  const api: Stage['api'] = async (method, path, request) => ({
    ...(await server.api(method, path, request)),
    request: `${method} ${path}`,
  })
  const actor = (user: TestUser, name: string): Actor => {
    masks.name(`<${name}'s token>`, user.accessToken)
    masks.name(`<${name}'s device>`, user.deviceId)
    const asUser: Actor['api'] = (method, path, request) => api(method, path, { token: user.accessToken, ...request })
    const client: Actor['client'] = (method, path, body) =>
      asUser(method, path.startsWith('/_matrix') ? path : `/_matrix/client/v3${path}`, withBody(body))
    const named = (name: string, id: unknown, answer: Answer): string => {
      if (typeof id !== 'string') throw new Error(`${answer.request}: ${answer.status} ${JSON.stringify(answer.body)}`)
      masks.name(name, id)
      return id
    }
    const withBody = (body: unknown): ApiRequest => (body === undefined ? {} : { body })
    return {
      ...user,
      api: asUser,
      client,
      async createRoom(name, body = {}) {
        const answer = await client('POST', '/createRoom', body)
        return named(`!${name}`, answer.body.room_id, answer)
      },
      async say(roomId, name) {
        const path = `${roomPath(roomId)}/send/m.room.message/${name}.${mark}`
        const answer = await client('PUT', path, { msgtype: 'm.text', body: name })
        return named(`$${name}`, answer.body.event_id, answer)
      },
      admin: (method, path, body) => asUser(method, `/_synapse/admin${path}`, withBody(body)),
    }
  }
  const localpart = (name: string) => `${name}.${mark}`

  await scenario.run({
    url: server.url,
    serverName: server.serverName,
    mark,
    localpart,
    userId: (name) => `@${localpart(name)}:${server.serverName}`,
    register: async (name, options) => actor(await server.register(localpart(name), options), name),
    async logIn(user, name) {
      const { body } = await api('POST', '/_matrix/client/v3/login', {
        body: { type: 'm.login.password', identifier: { type: 'm.id.user', user: user.localpart }, password: user.password },
      })
      return actor({ ...user, accessToken: body.access_token, deviceId: body.device_id }, name)
    },
    api,
    name: (name, value) => masks.name(name, value),
    note(label, answer, body = answer.body) {
      if (notes.has(label)) throw new Error(`two answers are called ${label}`)
      // as JSON, as the recording is
      const masked = JSON.parse(JSON.stringify(masks.mask(body)))
      notes.set(label, { request: masks.text(answer.request), status: answer.status, body: masked })
    },
    async until(ask, wanted) {
      for (let attempt = 0; attempt < 200; attempt++) {
        const answer = await ask()
        if (wanted(answer)) return answer
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
      throw new Error(`it did not become as wanted: ${ask}`)
    },
  })
  return notes
}

/** Eight letters, so that a server on which many have played knows none of our names. */
function newMark(): string {
  return Array.from({ length: 8 }, () => String.fromCharCode(97 + randomInt(26))).join('')
}
