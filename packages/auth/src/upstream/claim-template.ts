/** Claims of a person: what the ID token says, what the userinfo endpoint says, and both together (`user`, the latter wins). */
export interface Claims {
  readonly user: Readonly<Record<string, unknown>>
  readonly id_token_claims: Readonly<Record<string, unknown>>
  readonly userinfo_claims: Readonly<Record<string, unknown>>
}

/** Text with claims put in. @returns undefined when a claim is missing, or nothing is left */
export type ClaimTemplate = (claims: Claims) => string | undefined

type Filter = (text: string) => string

const PLACEHOLDER = /\{\{\s*(user|id_token_claims|userinfo_claims)((?:\.[A-Za-z0-9_-]+)+)((?:\s*\|[^|{}]*)*?)\s*\}\}/g
const REPLACE = /^replace\(\s*(?:'([^']*)'|"([^"]*)")\s*,\s*(?:'([^']*)'|"([^"]*)")\s*\)$/

/**
 * Reads `{{ user.preferred_username }}` and text around it, with the filters `lower`, `upper` and `replace('a', 'b')`; nothing more of the
 * templates of Synapse and MAS.
 * @returns undefined if the text is something else
 */
export function parseClaimTemplate(text: string): ClaimTemplate | undefined {
  if (/\{[{%#]|[%#}]\}/.test(text.replace(PLACEHOLDER, ''))) return undefined
  const filters = [...text.matchAll(PLACEHOLDER)].map(([, , , words]) => readFilters(words!))
  if (!filters.every((list) => list !== undefined)) return undefined
  return (claims) => {
    let isWhole = true
    let index = 0
    const result = text.replace(PLACEHOLDER, (_, root: keyof Claims, path: string) => {
      const value = claimAt(claims[root], path.slice(1).split('.'))
      if (value === undefined) isWhole = false
      return filters[index++]!.reduce((changed, filter) => filter(changed), value ?? '')
    })
    return isWhole && result.trim() !== '' ? result.trim() : undefined
  }
}

/** @param text `| lower | replace('.', '_')`, or nothing @returns undefined for filters that are not known */
function readFilters(text: string): Filter[] | undefined {
  const filters = text
    .split('|')
    .slice(1)
    .map((part) => filterOf(part.trim()))
  return filters.every((filter) => filter !== undefined) ? filters : undefined
}

function filterOf(word: string): Filter | undefined {
  if (word === 'lower') return (value) => value.toLowerCase()
  if (word === 'upper') return (value) => value.toUpperCase()
  const [isReplace, from1, from2, to1, to2] = REPLACE.exec(word) ?? []
  return isReplace === undefined ? undefined : (value) => value.replaceAll(from1 ?? from2 ?? '', () => to1 ?? to2 ?? '')
}

function claimAt(claims: unknown, path: readonly string[]): string | undefined {
  let value = claims
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
    value = (value as Record<string, unknown>)[name]
  }
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}
