import { Agent, request } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import type { TestUser } from '../support/start-server.ts'
import { inParallel, type Target } from './target.ts'

export interface IdlePolls {
  /** Waits until what was just asked for has reached the server. */
  breath(): Promise<void>
  end(): Promise<void>
}

/** Long enough for a request on this machine to be waiting in the server. */
const BREATH_MS = 50

/** A client for each user that does nothing but wait for news. */
export async function idlePolls(target: Target, users: readonly TestUser[]): Promise<IdlePolls> {
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY })
  const open = new Set<ReturnType<typeof request>>()
  let isEnded = false
  const poll = (user: TestUser, since: string): void => {
    if (isEnded) return
    const url = `${target.url}/_matrix/client/v3/sync?timeout=60000&since=${since}`
    const asked = request(url, { agent, headers: { authorization: `Bearer ${user.accessToken}` } }, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
      })
      answer.on('end', () => {
        open.delete(asked)
        poll(user, JSON.parse(text).next_batch)
      })
    })
    asked.on('error', () => open.delete(asked))
    open.add(asked)
    asked.end()
  }
  await inParallel(users.length, async (n) => {
    const user = users[n]!
    poll(user, (await target.call(user, 'GET', '/sync')).next_batch)
  })
  await setTimeout(2000)
  return {
    breath: () => setTimeout(BREATH_MS),
    async end() {
      isEnded = true
      for (const asked of open) asked.destroy()
      agent.destroy()
    },
  }
}
