import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const docs = new URL('../docs/', import.meta.url)

test('every test that docs/security.md names exists', () => {
  const rows = readFileSync(new URL('security.md', docs), 'utf8').split('\n')
  const named = rows.flatMap((row) =>
    [...row.matchAll(/\]\((\.\.[^)]+\.test\.ts)\)((?: "[^"]+",?)*)/g)].map(([, file, names]) => ({
      file: file!,
      names: [...names!.matchAll(/"([^"]+)"/g)].map(([, name]) => name!),
    })),
  )
  expect(named.length).toBeGreaterThan(30)
  for (const { file, names } of named) {
    const text = readFileSync(new URL(file, docs), 'utf8')
    expect(names.filter((name) => !text.includes(name))).toEqual([])
  }
})
