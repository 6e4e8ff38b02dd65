import { createLogger } from '@glia/platform'
import { expect, test } from 'vitest'
import { inOrder } from './running.ts'

const logger = createLogger({ level: 'silent', format: 'text' })

test('parts stop in the opposite order, each of them, also after one that failed', async () => {
  const seen: string[] = []
  const part = (name: string, failure?: Error) => ({
    start: () => void seen.push(`start ${name}`),
    async stop() {
      seen.push(`stop ${name}`)
      if (failure) throw failure
    },
  })
  const running = inOrder([part('a'), undefined, { stop: () => void seen.push('stop b') }, part('c', new Error('broken'))], logger)
  await running.start()
  await expect(running.stop()).rejects.toThrow('broken')
  expect(seen).toEqual(['start a', 'start c', 'stop c', 'stop b', 'stop a'])
})

test('when one does not start, no other starts after it, and all can be stopped', async () => {
  const seen: string[] = []
  const part = (name: string, failure?: Error) => ({
    start() {
      if (failure) throw failure
      seen.push(`start ${name}`)
    },
    stop: () => void seen.push(`stop ${name}`),
  })
  const running = inOrder([part('a'), part('b', new Error('broken')), part('c')], logger)
  await expect(running.start()).rejects.toThrow('broken')
  await running.stop()
  expect(seen).toEqual(['start a', 'stop c', 'stop b', 'stop a'])
})
