import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readSession, type StoredSession, sessionFile, writeSession } from './session-file.ts'

const session: StoredSession = {
  server: 'https://glia.test',
  userId: '@alice:glia.test',
  accessToken: 'token',
  refreshToken: undefined,
  expiresAtMs: undefined,
  oauth: undefined,
}

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'glia-session-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('the files are where the base directory specification wants them', () => {
  expect(sessionFile('default', { XDG_CONFIG_HOME: '/config', HOME: '/home/a' })).toBe('/config/glia/default.json')
  expect(sessionFile('work', { HOME: '/home/a' })).toBe('/home/a/.config/glia/work.json')
  expect(sessionFile('work', { XDG_CONFIG_HOME: 'relative', HOME: '/home/a' })).toBe('/home/a/.config/glia/work.json')
})

test.each(['', '.', '..', '../x', 'a/b', '.hidden', 'a b', 'x'.repeat(65)])('%j is no name of a profile', (name) => {
  expect(() => sessionFile(name, { HOME: '/home/a' })).toThrow('cannot be the name of a profile')
})

test('what is written can be read again, by the owner only, and nothing else is left', async () => {
  const file = sessionFile('default', { XDG_CONFIG_HOME: folder })
  expect(await readSession(file)).toBeUndefined()
  await writeSession(file, session)
  expect(await readSession(file)).toEqual(session)
  chmodSync(file, 0o644)
  await writeSession(file, { ...session, accessToken: 'next' })
  expect((await readSession(file))?.accessToken).toBe('next')
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(readdirSync(join(folder, 'glia'))).toEqual(['default.json'])
})

test.each(['', 'null', '[]', '{', '{"server": 1}', '{"server": "https://glia.test"}'])(
  'a file that holds %j is damaged',
  async (content) => {
    const file = join(folder, 'default.json')
    writeFileSync(file, content)
    await expect(readSession(file)).rejects.toThrow(`${file} is damaged`)
  },
)
