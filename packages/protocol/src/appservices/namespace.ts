/** A set of ids that an application service takes an interest in. */
export interface AppserviceNamespace {
  /** Nobody else may make users or aliases of it. */
  readonly isExclusive: boolean
  matches(id: string): boolean
}

/**
 * Compiles the regular expression of a namespace. It is matched from the beginning of an id, but need not reach its end, as in Synapse.
 * A leading `(?i)` is understood.
 * @throws SyntaxError for what is no regular expression
 */
export function compileNamespace(regex: string, isExclusive: boolean): AppserviceNamespace {
  const ignoresCase = regex.startsWith('(?i)')
  const source = ignoresCase ? regex.slice(4) : regex
  // alone first: `a)(b` would be one inside of parentheses
  new RegExp(source)
  const compiled = new RegExp(`^(?:${source})`, ignoresCase ? 'i' : '')
  return { isExclusive, matches: (id) => compiled.test(id) }
}
