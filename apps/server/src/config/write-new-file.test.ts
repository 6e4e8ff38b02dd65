import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemRandom } from '@glia/platform'
import { expect, test } from 'vitest'
import { makeFolder } from './config-fixture.ts'
import { writeNewFile } from './write-new-file.ts'

test('a new file is for the owner alone, and nothing else is left in its folder', async () => {
  const folder = join(makeFolder(), 'new')
  const file = join(folder, 'key')
  expect(await writeNewFile(file, 'text', systemRandom)).toBe(true)
  expect(readFileSync(file, 'utf8')).toBe('text')
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(readdirSync(folder)).toEqual(['key'])
})

test('a file that is there is kept', async () => {
  const folder = makeFolder()
  const file = join(folder, 'key')
  writeFileSync(file, 'old')
  expect(await writeNewFile(file, 'new', systemRandom)).toBe(false)
  expect(readFileSync(file, 'utf8')).toBe('old')
  expect(readdirSync(folder)).toEqual(['key'])
})

test('of several writers at the same time exactly one wins, whole', async () => {
  const file = join(makeFolder(), 'key')
  const texts = Array.from({ length: 8 }, (_, index) => String(index).repeat(10_000))
  const won = await Promise.all(texts.map((text) => writeNewFile(file, text, systemRandom)))
  expect(won.filter(Boolean)).toHaveLength(1)
  expect(readFileSync(file, 'utf8')).toBe(texts[won.indexOf(true)])
})
