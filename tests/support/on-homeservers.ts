import type { DialectName } from '@glia/database'
import { describe } from 'vitest'
import { callApi, registerBySharedSecret, startTestServer, type TestServer } from './start-server.ts'

/** What scenarios need of a homeserver, whichever it is. */
export type TestHomeserver = Pick<TestServer, 'url' | 'serverName' | 'api' | 'register' | 'remove'>

interface Kind {
  readonly name: string
  readonly isGlia: boolean
  open(): Promise<TestHomeserver>
}

/**
 * Runs the same scenarios on Glia with both databases and, where `SYNAPSE_URL` and `SYNAPSE_SHARED_SECRET` name a real Synapse with open
 * registration and without rate limits, there too: so that the test is known to be right and not only the code.
 */
export function onHomeservers(name: string, scenarios: (kind: Kind) => void): void {
  const kinds = [...(['sqlite', 'postgres'] as const).map(glia), ...synapse()]
  describe.each(kinds.map((kind) => [kind.name, kind] as const))(`${name} on %s`, (_, kind) => scenarios(kind))
}

function glia(dialect: DialectName): Kind {
  return { name: `Glia with ${dialect}`, isGlia: true, open: () => startTestServer({ dialect }) }
}

function synapse(): Kind[] {
  const url = process.env.SYNAPSE_URL?.replace(/\/$/, '')
  const secret = process.env.SYNAPSE_SHARED_SECRET
  if (!url || !secret) {
    console.info('Not run against Synapse: SYNAPSE_URL and SYNAPSE_SHARED_SECRET are not set.')
    return []
  }
  return [{ name: 'Synapse', isGlia: false, open: () => openSynapse(url, secret) }]
}

async function openSynapse(url: string, secret: string): Promise<TestHomeserver> {
  const api: TestServer['api'] = (method, path, request) => callApi(url + path, method, request)
  const server: TestHomeserver = {
    url,
    serverName: '',
    api,
    register: (localpart, { admin = false, password = `password of ${localpart}` } = {}) =>
      registerBySharedSecret({ api }, secret, { localpart, password, admin }),
    remove: async () => {},
  }
  const { userId } = await server.register(`probe-${Date.now()}`)
  return { ...server, serverName: userId.slice(userId.indexOf(':') + 1) }
}
