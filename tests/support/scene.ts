import { type ApiAnswer, startTestServer, type TestServer, type TestUser } from './start-server.ts'

/** A server with an admin and two users. */
export interface Scene {
  readonly server: TestServer
  readonly admin: TestUser
  readonly alice: TestUser
  readonly bob: TestUser
  /** Calls as a user. @param path after `/_matrix/client/v3`, or from `/_matrix` on */
  as(user: TestUser, method: string, path: string, body?: unknown): Promise<ApiAnswer>
  /** Calls Synapse's Admin API as the admin. @param path after `/_synapse/admin` */
  asAdmin(method: string, path: string, body?: unknown): Promise<ApiAnswer>
}

export async function startScene(options: Parameters<typeof startTestServer>[0]): Promise<Scene> {
  const server = await startTestServer(options)
  const call = ({ accessToken: token }: TestUser, method: string, path: string, body: unknown) =>
    server.api(method, path, { token, ...(body === undefined ? {} : { body }) })
  const admin = await server.register('admin', { admin: true })
  return {
    server,
    admin,
    alice: await server.register('alice'),
    bob: await server.register('bob'),
    as: (user, method, path, body) => call(user, method, path.startsWith('/_matrix') ? path : `/_matrix/client/v3${path}`, body),
    asAdmin: (method, path, body) => call(admin, method, `/_synapse/admin${path}`, body),
  }
}
