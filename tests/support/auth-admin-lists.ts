import { expect } from 'vitest'
import { grantedToken } from './granted-token.ts'
import { type ApiAnswer, startTestServer, type TestServer, type TestUser } from './start-server.ts'

export const UNKNOWN_ULID = '01ARZ3NDEKTSV4RRFFQ69G5FAV'

export type AuthAdminCall = (method: string, path: string, body?: unknown) => Promise<ApiAnswer>

/** Calls the MAS Admin API; paths begin after `/api/admin/v1`. */
export function authAdminCall(server: TestServer, token: string): AuthAdminCall {
  return (method, path, body) => server.api(method, `/api/admin/v1${path}`, { token, ...(body === undefined ? {} : { body }) })
}

export interface AuthAdminScene {
  readonly server: TestServer
  readonly root: TestUser
  readonly alice: TestUser
  /** Calls as root. */
  readonly call: AuthAdminCall
  /** Of the accounts. */
  readonly rootId: string
  readonly aliceId: string
}

/** A server with an admin, who calls, and a user. */
export async function startAuthAdminScene(options: Parameters<typeof startTestServer>[0]): Promise<AuthAdminScene> {
  const server = await startTestServer(options)
  const root = await server.register('root', { admin: true })
  const alice = await server.register('alice')
  const call = authAdminCall(server, await grantedToken(server, root, 'urn:mas:admin'))
  const idOf = async (name: string): Promise<string> => (await call('GET', `/users/by-username/${name}`)).body.data.id
  return { server, root, alice, call, rootId: await idOf('root'), aliceId: await idOf('alice') }
}

export const idsOf = (answer: ApiAnswer): string[] => answer.body.data.map((item: { id: string }) => item.id)

/** Walks a list two by two, by the links alone, from both ends; both ways it has these ids, in this order. */
export async function expectPages(call: AuthAdminCall, path: string, ids: readonly string[]): Promise<void> {
  const mark = path.includes('?') ? '&' : '?'
  for (const [size, link, add] of [
    ['first', 'next', (all: string[], page: string[]) => [...all, ...page]],
    ['last', 'prev', (all: string[], page: string[]) => [...page, ...all]],
  ] as const) {
    let found: string[] = []
    let next: string | undefined = `/api/admin/v1${path}${mark}page[${size}]=2`
    while (next !== undefined) {
      const answer: ApiAnswer = await call('GET', next.replace('/api/admin/v1', ''))
      expect(answer.status).toBe(200)
      expect(answer.body.meta).toEqual({ count: ids.length })
      expect(answer.body.data.map((item: { meta: { page: { cursor: string } } }) => item.meta.page.cursor)).toEqual(idsOf(answer))
      expect(Object.keys(answer.body.links)).not.toContain(link === 'next' ? 'prev' : 'next')
      found = add(found, idsOf(answer))
      next = answer.body.links[link]
    }
    expect(found).toEqual(ids)
  }
  expect((await call('GET', `${path}${mark}count=only`)).body).toMatchObject({ meta: { count: ids.length } })
  expect(idsOf(await call('GET', `${path}${mark}count=false&page[first]=1000`))).toEqual(ids)
  for (const wrong of ['page[first]=0', 'page[last]=x', 'page[first]=1&page[last]=1', 'page[after]=x', 'page[before]=x', 'count=x']) {
    expect(await call('GET', `${path}${mark}${wrong}`)).toMatchObject({ status: 400, body: { errors: [{ title: expect.any(String) }] } })
  }
}

/** Each is refused in the form of the MAS Admin API. */
export async function expectRefusals(
  call: AuthAdminCall,
  status: number,
  ...requests: readonly [string, string, unknown?][]
): Promise<void> {
  for (const request of requests) {
    const answer = await call(...request)
    expect([...request, answer.status]).toEqual([...request, status])
    expect(answer.body).toEqual({ errors: [{ title: expect.any(String) }] })
  }
}
