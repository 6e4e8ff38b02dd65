export { forgetAcceptedTerms, recordAcceptedTerms } from './accepted-terms-store.ts'
export type { AcceptedTermsTables } from './tables.ts'
export { type AcceptedTerms, createTerms, type Terms, type TermsPolicy } from './terms.ts'
