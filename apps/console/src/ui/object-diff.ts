/** One value that differs, or is told. `path`: the names on the way to it, joined by dots. */
export interface DiffLine {
  readonly path: string
  /** Undefined: there was, or is, no such value. */
  readonly before: string | undefined
  readonly after: string | undefined
}

type Tree = Readonly<Record<string, unknown>>

/** The values of an object by their path; lists are values. */
export function flattened(value: unknown, path = ''): [path: string, value: string][] {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return Object.entries(value).flatMap(([name, inner]) => flattened(inner, path === '' ? name : `${path}.${name}`))
  }
  return [[path, typeof value === 'string' ? value : JSON.stringify(value)]]
}

/** What differs between two objects, by path in the order of the paths. */
export function diffOf(before: Tree | null, after: Tree | null): DiffLine[] {
  const old = new Map(before ? flattened(before) : [])
  const now = new Map(after ? flattened(after) : [])
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((path) => old.get(path) !== now.get(path))
    .sort()
    .map((path) => ({ path, before: old.get(path), after: now.get(path) }))
}
