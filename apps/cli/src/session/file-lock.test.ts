import { fork } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { withFileLock } from './file-lock.ts'

test('only one process at a time is inside, and one that dies lets the next one in', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'glia-lock-'))
  const lock = join(folder, 'x.lock')
  const log = join(folder, 'log')
  const program = join(folder, 'holder.ts')
  writeFileSync(
    program,
    `import { appendFileSync } from 'node:fs'
import { withFileLock } from ${JSON.stringify(join(import.meta.dirname, 'file-lock.ts'))}
process.send('ready')
process.once('message', () => withFileLock(${JSON.stringify(lock)}, async () => {
  appendFileSync(${JSON.stringify(log)}, 'child in\\n')
  process.send('in')
  await new Promise(() => setInterval(() => {}, 1000))
}))`,
  )
  const child = fork(program, { execArgv: [] })
  try {
    await once(child, 'message')
    const told = once(child, 'message')
    await withFileLock(lock, async () => {
      child.send('go')
      // long enough for a child that does not wait
      await new Promise((resolve) => setTimeout(resolve, 300))
      appendFileSync(log, 'parent out\n')
    })
    await told
    expect(readFileSync(log, 'utf8')).toBe('parent out\nchild in\n')
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(await withFileLock(lock, async () => 'in again')).toBe('in again')
  } finally {
    child.kill('SIGKILL')
    rmSync(folder, { recursive: true })
  }
})
