import { expect, test } from 'vitest'
import { parseClaimTemplate } from './claim-template.ts'

const user = { preferred_username: 'alice', address: { country: 'FR' }, n: 7, blank: ' ', list: ['a'] }
const claims = { user, id_token_claims: { sub: 's' }, userinfo_claims: {} }

test.each([
  ['{{ user.preferred_username }}', 'alice'],
  ['{{user.address.country}}-{{ id_token_claims.sub }}', 'FR-s'],
  ['{{ user.n }}', '7'],
  ['plain', 'plain'],
  ['{{ user.missing }}', undefined],
  ['x{{ userinfo_claims.sub }}', undefined],
  ['{{ user.blank }}', undefined],
  ['{{ user.list }}', undefined],
  ['{{ user.constructor }}', undefined],
])('%s gives %s', (template, expected) => expect(parseClaimTemplate(template)?.(claims)).toBe(expected))

test.each(['{{ user }}', '{{ other.name }}', '{{ user.a | lower }}', '{% if user %}', '{{ user.a', '{# no #}'])(
  '%s is no template',
  (text) => expect(parseClaimTemplate(text)).toBeUndefined(),
)
