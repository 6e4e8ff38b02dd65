/** Claims of a person: what the ID token says, what the userinfo endpoint says, and both together (`user`, the latter wins). */
export interface Claims {
  readonly user: Readonly<Record<string, unknown>>
  readonly id_token_claims: Readonly<Record<string, unknown>>
  readonly userinfo_claims: Readonly<Record<string, unknown>>
}

/** Text with claims put in. @returns undefined when a claim is missing, or nothing is left */
export type ClaimTemplate = (claims: Claims) => string | undefined

const PLACEHOLDER = /\{\{\s*(user|id_token_claims|userinfo_claims)((?:\.[A-Za-z0-9_-]+)+)\s*\}\}/g

/**
 * Reads `{{ user.preferred_username }}` and text around it; nothing more of MAS's templates.
 * @returns undefined if the text is something else
 */
export function parseClaimTemplate(text: string): ClaimTemplate | undefined {
  if (/\{[{%#]|[%#}]\}/.test(text.replace(PLACEHOLDER, ''))) return undefined
  return (claims) => {
    let isWhole = true
    const result = text.replace(PLACEHOLDER, (_, root: keyof Claims, path: string) => {
      const value = claimAt(claims[root], path.slice(1).split('.'))
      if (value === undefined) isWhole = false
      return value ?? ''
    })
    return isWhole && result.trim() !== '' ? result.trim() : undefined
  }
}

function claimAt(claims: unknown, path: readonly string[]): string | undefined {
  let value = claims
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
    value = (value as Record<string, unknown>)[name]
  }
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}
