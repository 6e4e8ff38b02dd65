import { type Database, maxAnnouncementBytes } from '@glia/database'
import type { Logger, Random } from '@glia/platform'
import type { HomeserverSchema } from './schema.ts'
import type { SignalBus, SignalName, Signals } from './signals.ts'

/** Carries signals between the processes that work on one database. */
export interface SignalRelay {
  /** @returns when it hears the others */
  start(): Promise<void>
  stop(): Promise<void>
}

type Told = readonly [name: SignalName, signal: Signals[SignalName]]

/** What every process tells itself. */
const LOCAL: ReadonlySet<SignalName> = new Set(['typing.changed'])

/**
 * What is told while an announcement is under way goes with the next one, so that many changes cost few announcements. A signal may be lost;
 * then who waits for it hears at the end of the wait.
 */
export function createSignalRelay(deps: {
  readonly database: Database<HomeserverSchema>
  readonly signals: SignalBus
  readonly random: Random
  readonly logger: Logger
}): SignalRelay {
  const { database, signals, logger } = deps
  const self = deps.random.text(16)
  let waiting: Told[] = []
  let sending: Promise<void> | undefined
  let stopListening = () => {}

  const send = async (): Promise<void> => {
    // what the same commit tells goes together; and never over before `sending` is set
    await undefined
    while (waiting.length > 0) {
      const batches = inBatches(self, waiting)
      waiting = []
      try {
        for (const text of batches) await database.announce(text)
      } catch (error) {
        logger.warn({ err: error }, 'other processes could not be told of changes')
      }
    }
    sending = undefined
  }

  return {
    async start() {
      if (database.dialect === 'sqlite') return
      await database.onAnnouncement((text) => {
        const { from, told } = JSON.parse(text) as { from: string; told: Told[] }
        if (from === self) return
        for (const [name, signal] of told) signals.receive(name, signal as never)
      })
      stopListening = signals.onTold((name, signal) => {
        if (LOCAL.has(name)) return
        waiting.push([name, signal])
        sending ??= send()
      })
    },
    async stop() {
      stopListening()
      await sending
    },
  }
}

/** As few texts as there can be. One signal that is too long for any (presence in very many rooms) is left out. */
function inBatches(from: string, told: readonly Told[]): string[] {
  const texts: string[] = []
  const frame = JSON.stringify({ from, told: [] }).length
  let batch: string[] = []
  let size = frame
  const close = () => {
    if (batch.length > 0) texts.push(`{"from":${JSON.stringify(from)},"told":[${batch.join(',')}]}`)
    batch = []
    size = frame
  }
  for (const one of told) {
    const text = JSON.stringify(one)
    const bytes = Buffer.byteLength(text) + 1
    if (frame + bytes > maxAnnouncementBytes) continue
    if (size + bytes > maxAnnouncementBytes) close()
    batch.push(text)
    size += bytes
  }
  close()
  return texts
}
