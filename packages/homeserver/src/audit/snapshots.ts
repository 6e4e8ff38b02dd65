import { isDeepStrictEqual } from 'node:util'

/** What is told of a target before and after a change; undefined: there is no such thing. */
export type Snapshot = Readonly<Record<string, unknown>> | undefined
/** Looks at one kind of target. */
export type TakeSnapshot = (id: string) => Promise<Snapshot>

/** The fields in which two snapshots differ; undefined where nothing does. A side that was not there is empty. */
export function changesBetween(before: Snapshot, after: Snapshot): { before: object; after: object } | undefined {
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])
  const changed = [...names].filter((name) => !isDeepStrictEqual(before?.[name], after?.[name]))
  if (changed.length === 0) return undefined
  const pick = (snapshot: Snapshot) =>
    Object.fromEntries(changed.flatMap((name) => (snapshot?.[name] === undefined ? [] : [[name, snapshot[name]]])))
  return { before: pick(before), after: pick(after) }
}
