import type { ClientEvent, MatrixClient } from 'matrix-js-sdk'

/** Resolves once `look` finds something; it looks at once, and again after everything that happens to the client. */
export type When = <T>(look: () => Promise<T | undefined> | T | undefined) => Promise<T>

/** @param events after which it looks again */
export function whenOf(client: MatrixClient, events: readonly string[]): When {
  const waiters = new Set<() => void>()
  for (const event of events) {
    client.on(event as ClientEvent.Sync, () => {
      for (const waiter of waiters) waiter()
    })
  }
  return (look) =>
    new Promise((resolve, reject) => {
      const waiter = async () => {
        const found = await look()
        if (found === undefined) return
        waiters.delete(check)
        resolve(found)
      }
      const check = () => void waiter().catch(reject)
      waiters.add(check)
      check()
    })
}
