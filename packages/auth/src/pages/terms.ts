import type { Html } from '../html.ts'
import { html } from '../html.ts'
import type { AcceptedTerms, Terms } from '../terms/index.ts'
import { checkbox } from './layout.ts'

/** For whoever gets an account. @param sent what the form was sent with: what was accepted stays so when it is shown again */
export function termsField(terms: Terms, sent: string): Html {
  const links = terms.policies.map(
    ({ name, url }, index) => html`${index > 0 && ', '}<a href="${url}" target="_blank" rel="noopener noreferrer">${name}</a>`,
  )
  return checkbox('terms', html`I have read and accept: ${links}`, {
    isRequired: true,
    value: terms.edition,
    isChecked: sent === terms.edition,
  })
}

/** @returns what is wrong, for the person; or what was accepted, if there is something to accept */
export function readAcceptance(terms: Terms | undefined, sent: string): { problem: string } | { accepted: AcceptedTerms | undefined } {
  if (!terms) return { accepted: undefined }
  if (sent === '') return { problem: 'You get an account only if you accept the terms of this server.' }
  if (sent !== terms.edition) return { problem: 'The terms of this server have changed meanwhile. Please read them again.' }
  return { accepted: terms.accept() }
}
