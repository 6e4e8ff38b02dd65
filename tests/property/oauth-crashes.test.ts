import { rmSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { emptyDatabase, onBothDatabases, seededRandom } from '@glia/testing'
import { expect, test } from 'vitest'
import { API_SCOPE, codeGrant, codeTokens, registerOAuthClient, requestToken } from '../support/oauth-client.ts'
import { effort, patienceMs, seedOf } from '../support/property.ts'
import { onServerDatabase } from '../support/server-database.ts'
import { newDataDir, spawnServer } from '../support/spawn-server.ts'
import { type ApiAnswer, callApi, registerBySharedSecret, sharedSecretOf } from '../support/start-server.ts'

const KILLS = 2 * effort
/** Requests that are under way when the server is killed. */
const AT_ONCE = 4

onBothDatabases('a server that is killed while it gives out tokens', (dialect) => {
  test('spends no code twice and loses no session', { timeout: patienceMs * 2 }, async () => {
    const random = seededRandom(seedOf(`tokens over crashes ${dialect}`))
    const place = dialect === 'postgres' ? await emptyDatabase('postgres') : undefined
    const env: Record<string, string> = place?.options.kind === 'postgres' ? { GLIA_DATABASE_URL: String(place.options.connection) } : {}
    const dataDir = newDataDir()
    let running = await spawnServer({ dataDir, env })
    const port = Number(new URL(running.url).port)
    const { url } = running
    const server = { url, api: (method: string, path: string, request = {}) => callApi(url + path, method, request) }
    const user = await registerBySharedSecret(server, sharedSecretOf(dataDir), { localpart: 'alice', password: 'password', admin: false })
    const client = await registerOAuthClient(server)
    const whoami = async (token: string) => (await server.api('GET', '/_matrix/client/v3/account/whoami', { token })).status
    const refresh = (token: string) => requestToken(server, client, { grant_type: 'refresh_token', refresh_token: token })
    /** Kills the server while the requests are under way, and starts it again. @returns the answers that still came */
    const crashDuring = async (requests: readonly (() => Promise<ApiAnswer>)[]): Promise<(ApiAnswer | undefined)[]> => {
      const answers = requests.map((request) => request().catch(() => undefined))
      await setTimeout(random.integer(25))
      await running.end('SIGKILL')
      const came = await Promise.all(answers)
      running = await spawnServer({ dataDir, env, port })
      return came
    }

    let known = 0
    for (let kill = 0; kill < KILLS; kill++) {
      // between code and token: the code outlives the crash, and is good for one session at most
      const codes = await Promise.all(Array.from({ length: AT_ONCE }, () => codeGrant(server, client, user, API_SCOPE)))
      const first = await crashDuring(codes.map((code) => () => requestToken(server, client, code)))
      for (const [index, code] of codes.entries()) {
        const answer = first[index]
        const again = await requestToken(server, client, code)
        if (answer) {
          expect([answer.status, again.status]).toEqual([200, 400])
          expect(await whoami(answer.body.access_token)).toBe(200)
        } else expect([200, 400]).toContain(again.status)
        if (again.status === 200) expect(await whoami(again.body.access_token)).toBe(200)
        known++
      }

      // between refresh and answer: whoever heard nothing asks again with the old token
      const sessions = await Promise.all(Array.from({ length: AT_ONCE }, () => codeTokens(server, client, user, API_SCOPE)))
      known += sessions.length
      const refreshed = await crashDuring(
        sessions.map(
          ({ refreshToken }) =>
            () =>
              refresh(refreshToken),
        ),
      )
      for (const [index, { refreshToken }] of sessions.entries()) {
        const answer = refreshed[index] ?? (await refresh(refreshToken))
        expect(answer.status).toBe(200)
        expect(await whoami(answer.body.access_token)).toBe(200)
        expect((await refresh(answer.body.refresh_token)).status).toBe(200)
      }
    }

    const counted = await onServerDatabase({ dataDir, env: { ...env, GLIA_CONFIG: `${dataDir}/test.yaml` } }, ({ db }) =>
      db.selectFrom('auth_sessions').select(['id', 'finished_at_ms']).where('kind', '=', 'oauth').execute(),
    )
    expect(counted).toHaveLength(known)
    expect(counted.filter((session) => session.finished_at_ms !== null)).toEqual([])
    await running.end('SIGTERM')
    await place?.remove()
    rmSync(dataDir, { recursive: true, force: true })
  })
})
