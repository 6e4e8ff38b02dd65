import type { Logger } from '@glia/platform'

/** What goes on beside requests. Whatever `start` did, also nothing at all, `stop` ends. */
export interface Running {
  start?(): void | Promise<void>
  stop?(): void | Promise<void>
}

/** Starts the parts in their order and stops them in the opposite one: what a part needs stands before it. */
export function inOrder(parts: readonly (Running | undefined)[], logger: Logger) {
  const all = parts.filter((part) => part !== undefined)
  return {
    async start(): Promise<void> {
      for (const part of all) await part.start?.()
    },
    /** One that fails does not keep the others from stopping. @throws the first error, at the end */
    async stop(): Promise<void> {
      const errors: unknown[] = []
      for (const part of all.toReversed()) {
        try {
          await part.stop?.()
        } catch (error) {
          logger.error({ err: error }, 'a part of the server did not stop')
          errors.push(error)
        }
      }
      if (errors.length > 0) throw errors[0]
    },
  }
}
