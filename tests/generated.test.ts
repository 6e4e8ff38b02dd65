import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { generatedFiles } from '../scripts/generated-files.ts'

test('docs/reference is what the code says now: npm run generate', async () => {
  for (const [path, content] of Object.entries(await generatedFiles())) {
    const written = await readFile(join(import.meta.dirname, '..', path), 'utf8').catch(() => '(missing)')
    // not toBe(content): the difference of two long files helps nobody
    expect(written === content, `${path} is stale: run npm run generate`).toBe(true)
  }
})
