import type { TermsPolicy } from '@glia/auth'
import { section } from '../section.ts'
import { type Setting, setting, type ValuesOf } from '../setting.ts'
import { checked, listOf, text } from '../types.ts'

const policyFields = {
  id: setting(
    checked(text, (value) => (/^\w[\w.-]*$/.test(value) ? undefined : 'must be letters, digits and . _ - only, such as privacy_policy')),
    { doc: 'By which clients and the database know it: `privacy_policy`. Never change it.' },
  ),
  version: setting(text, { doc: 'Of the text, in quotes: `"1.0"`. Who registers accepts this one.' }),
  name: setting(text, { doc: 'For people: `Privacy policy`.' }),
  url: setting(
    checked(text, (value) =>
      /^https?:$/.test(URL.parse(value)?.protocol ?? '') ? undefined : 'must be the http:// or https:// address of the text',
    ),
    { doc: 'Where the text is to be read.' },
  ),
} satisfies Record<string, Setting<unknown>>

/** Settings under `glia.auth`. */
export const termsFields = {
  terms: setting(listOf(section(policyFields), 'a list of policies'), {
    default: [],
    doc: 'What people must accept to get an account: docs/terms.md. In place of `user_consent` of Synapse.',
  }),
} satisfies Record<string, Setting<unknown>>

export function termsConfig(
  { terms }: ValuesOf<typeof termsFields>,
  refuse: (key: string, message: string) => void,
): readonly TermsPolicy[] {
  for (const [index, { id }] of terms.entries()) {
    const first = terms.findIndex((other) => other.id === id)
    if (first < index) refuse(`glia.auth.terms[${index}].id`, `is used by glia.auth.terms[${first}], too`)
  }
  return terms
}
