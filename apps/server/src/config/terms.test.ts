import { expect, test } from 'vitest'
import { load, problemsOf } from './config-fixture.ts'

const POLICY = { id: 'privacy_policy', version: '1.0', name: 'Privacy policy', url: 'https://glia.test/privacy?lang=en#top' }
const fileOf = (...terms: object[]) => JSON.stringify({ glia: { auth: { terms } } })

test('terms are taken as they are written, and there are none by default', async () => {
  expect((await load(fileOf(POLICY))).config.auth.terms).toEqual([POLICY])
  expect((await load('{}')).config.auth.terms).toEqual([])
})

test.each([
  [[{ ...POLICY, id: 'Privacy policy' }], 'glia.auth.terms[0].id', 'must be letters'],
  [[{ ...POLICY, version: 1 }], 'glia.auth.terms[0].version', 'must be text'],
  [[{ ...POLICY, name: undefined }], 'glia.auth.terms[0].name', 'is missing'],
  [[{ ...POLICY, url: 'javascript:alert(1)' }], 'glia.auth.terms[0].url', 'must be the http:// or https:// address'],
  [[POLICY, { ...POLICY, version: '2' }], 'glia.auth.terms[1].id', 'is used by glia.auth.terms[0], too'],
])('%j is refused at %s', async (terms, key, message) => {
  const problems = JSON.stringify(await problemsOf(fileOf(...terms)))
  expect(problems).toContain(key)
  expect(problems).toContain(message)
})

test('a configuration of Synapse that asks for consent is told where to turn', async () => {
  const { warnings } = await load('user_consent: { version: 1.0, template_dir: x, require_at_registration: true }')
  expect(JSON.stringify(warnings)).toContain('use glia.auth.terms')
})
