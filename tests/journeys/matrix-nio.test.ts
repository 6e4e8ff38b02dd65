import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { programOf, runProgram } from '../support/programs.ts'
import { startTestServer } from '../support/start-server.ts'

const script = fileURLToPath(new URL('matrix-nio.py', import.meta.url))
// a Python with matrix-nio in it; .ci/run makes the second one
const python = programOf(
  'Python with matrix-nio (GLIA_TEST_NIO_PYTHON)',
  process.env.GLIA_TEST_NIO_PYTHON ?? '',
  '/var/tmp/glia-matrix-nio/bin/python',
)

test.skipIf(!python)('two people talk, send a file and read back with matrix-nio', { timeout: 120_000 }, async () => {
  const server = await startTestServer()
  const folder = mkdtempSync(join(tmpdir(), 'glia-nio-'))
  try {
    const [alice, bob] = [await server.register('alice'), await server.register('bob')]
    const people = [alice, bob].flatMap(({ userId, password }) => [userId, password])
    const { status, out, err } = await runProgram(python!, [script, server.url, folder, ...people])
    expect(status, err).toBe(0)
    const result = JSON.parse(out)
    expect(result).toMatchObject({
      plain: { sender: alice.userId, body: 'hello', room: 'talk' },
      file: 'bytes of a file',
      history: ['hello'],
    })
    if (result.encryption) expect(result.encrypted).toEqual({ sender: alice.userId, body: 'hello', decrypted: true })
    else console.info('Skipped: encryption with matrix-nio, for which its extra e2e is not installed.')
  } finally {
    await server.remove()
    rmSync(folder, { recursive: true, force: true })
  }
})
