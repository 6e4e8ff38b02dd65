import type { AcceptedTerms, Terms } from '../terms/index.ts'
import type { Stage } from './stages.ts'

export const TERMS_STAGE = 'm.login.terms'

/** To send it is to accept. Source: Client-Server API, "Terms of service at registration". */
export function termsStage(terms: Terms): Stage {
  return { type: TERMS_STAGE, check: async () => JSON.stringify(terms.accept()) }
}

export function parseShownTerms(shown: string): AcceptedTerms {
  return JSON.parse(shown)
}

/** What clients are told to show. Pages and configuration know one language, English. */
export function termsParams({ policies }: Terms): Record<string, unknown> {
  return {
    [TERMS_STAGE]: { policies: Object.fromEntries(policies.map(({ id, version, name, url }) => [id, { version, en: { name, url } }])) },
  }
}
