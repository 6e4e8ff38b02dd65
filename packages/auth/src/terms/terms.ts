import type { Clock } from '@glia/platform'

/** A text that people accept before they get an account. */
export interface TermsPolicy {
  readonly id: string
  readonly version: string
  /** For people. */
  readonly name: string
  readonly url: string
}

/** What somebody accepted, and when. */
export interface AcceptedTerms {
  /** Id of the policy → version. */
  readonly versions: Readonly<Record<string, string>>
  readonly acceptedAtMs: number
}

export interface Terms {
  readonly policies: readonly TermsPolicy[]
  /** Stands for these very versions: a form that was shown with others is not taken. */
  readonly edition: string
  accept(): AcceptedTerms
}

/** @returns undefined when there is nothing to accept */
export function createTerms(policies: readonly TermsPolicy[], clock: Clock): Terms | undefined {
  if (policies.length === 0) return undefined
  const versions = Object.fromEntries(policies.map(({ id, version }) => [id, version]))
  return {
    policies,
    edition: JSON.stringify(versions),
    accept: () => ({ versions, acceptedAtMs: clock.nowMs() }),
  }
}
