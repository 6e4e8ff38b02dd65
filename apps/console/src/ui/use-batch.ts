import { useRef, useState } from 'react'

/** How one item of a batch went. */
export interface BatchItem {
  readonly key: string
  readonly state: 'waiting' | 'running' | 'done' | 'failed' | 'stopped'
  readonly error?: unknown
}

export interface Batch {
  /** Undefined until it is started. */
  readonly items: readonly BatchItem[] | undefined
  readonly isRunning: boolean
  start(): Promise<void>
  /** The item under way is finished; those that wait are left alone. */
  stop(): void
}

/** Does the same to several things, one after the other, so that a failure is one of one thing and stopping means something. */
export function useBatch(keys: readonly string[], change: (key: string) => Promise<unknown>, onEnd: () => unknown): Batch {
  const [items, setItems] = useState<readonly BatchItem[]>()
  const [isRunning, setRunning] = useState(false)
  const isStopped = useRef(false)
  const set = (item: BatchItem) => setItems((all) => all?.map((other) => (other.key === item.key ? item : other)))

  const start = async () => {
    isStopped.current = false
    setRunning(true)
    setItems(keys.map((key) => ({ key, state: 'waiting' })))
    for (const key of keys) {
      if (isStopped.current) {
        set({ key, state: 'stopped' })
        continue
      }
      set({ key, state: 'running' })
      try {
        await change(key)
        set({ key, state: 'done' })
      } catch (error) {
        set({ key, state: 'failed', error })
      }
    }
    setRunning(false)
    await onEnd()
  }
  return {
    items,
    isRunning,
    start,
    stop: () => {
      isStopped.current = true
    },
  }
}
