import { expect, test } from 'vitest'
import { SessionOverError } from './renew-tokens.ts'
import type { Session } from './session.ts'
import { SessionStore } from './session-store.ts'
import { type Locks, TokenKeeper } from './token-keeper.ts'

const NOW = 1_000_000

function session(changes: Partial<Session> = {}): Session {
  return {
    baseUrl: 'https://matrix.test',
    userId: '@admin:matrix.test',
    accessToken: 'access 0',
    origin: 'oauth',
    refreshToken: 'refresh 0',
    expiresAtMs: NOW + 3_600_000,
    oauth: undefined,
    ...changes,
  }
}

/** What all tabs of a browser share, and a way to open one. */
function browser(stored: Session) {
  const items = new Map<string, string>()
  const storage = {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  } as unknown as Storage
  let queue: Promise<unknown> = Promise.resolve()
  const request = (_name: string, work: () => Promise<unknown>) => {
    const result = queue.then(work)
    queue = result.catch(() => {})
    return result
  }
  const used: (string | undefined)[] = []
  const openTab = (renew?: () => Promise<never>) => {
    const store = new SessionStore(storage, { addEventListener: () => {} })
    const keeper = new TokenKeeper(store, {
      locks: { request } as unknown as Locks,
      nowMs: () => NOW,
      renew:
        renew ??
        (async ({ refreshToken }) => {
          used.push(refreshToken)
          return { accessToken: `access ${used.length}`, refreshToken: `refresh ${used.length}`, expiresAtMs: NOW + 300_000 }
        }),
    })
    return { store, keeper }
  }
  openTab().store.set(stored)
  return { openTab, used }
}

test('a token that is good for long is handed out as it is', async () => {
  const { openTab, used } = browser(session())
  expect(await openTab().keeper.token()).toBe('access 0')
  expect(used).toEqual([])
})

test('a token that is about to expire is renewed once, however many ask, in however many tabs', async () => {
  const { openTab, used } = browser(session({ expiresAtMs: NOW + 5_000 }))
  const tabs = [openTab(), openTab()]
  const tokens = await Promise.all(tabs.flatMap(({ keeper }) => [keeper.token(), keeper.token()]))
  expect(tokens).toEqual(['access 1', 'access 1', 'access 1', 'access 1'])
  expect(used).toEqual(['refresh 0'])
})

test('a refused token is renewed although it had not expired', async () => {
  const { openTab, used } = browser(session())
  const { store, keeper } = openTab()
  expect(await keeper.renewed('access 0')).toBe('access 1')
  expect(store.current?.refreshToken).toBe('refresh 1')
  expect(used).toEqual(['refresh 0'])
})

test('a refused refresh token ends the session', async () => {
  const { openTab } = browser(session({ expiresAtMs: NOW }))
  const { store, keeper } = openTab(async () => {
    throw new SessionOverError('used already')
  })
  expect(await keeper.token()).toBeUndefined()
  expect(store.current).toBeUndefined()
  expect(store.endReason).toBe('expired')
})

test('a server that cannot be reached does not end the session', async () => {
  const { openTab } = browser(session({ expiresAtMs: NOW }))
  const { store, keeper } = openTab(async () => {
    throw new Error('no route to host')
  })
  await expect(keeper.token()).rejects.toThrow('no route to host')
  expect(store.current?.accessToken).toBe('access 0')
})
