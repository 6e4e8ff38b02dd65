import { ANY, type Deviation } from './deviations/index.ts'
import { FREE_TEXT } from './masks.ts'
import type { Note } from './stage.ts'

export interface Difference {
  /** `status`, or the way into the body: `body.rooms[].name`. */
  readonly place: string
  readonly synapse: unknown
  readonly glia: unknown
}

/**
 * Where two answers differ: the deepest places. Lists of different lengths differ as a whole, and so do bodies that come with different
 * statuses.
 */
export function differences(synapse: Note, glia: Note): Difference[] {
  const found: Difference[] = []
  if (synapse.status !== glia.status) {
    found.push({ place: 'status', synapse: synapse.status, glia: glia.status })
    if (!same(synapse.body, glia.body)) found.push({ place: 'body', synapse: synapse.body, glia: glia.body })
  } else compare(synapse.body, glia.body, 'body', found)
  return found
}

function compare(a: unknown, b: unknown, place: string, found: Difference[]): void {
  if (a === FREE_TEXT && typeof b === 'string') return
  if (Array.isArray(a) && Array.isArray(b) && a.length === b.length) {
    for (const [index, item] of a.entries()) compare(item, b[index], `${place}[]`, found)
  } else if (isObject(a) && isObject(b)) {
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) compare(a[key], b[key], `${place}.${key}`, found)
  } else if (!same(a, b)) found.push({ place, synapse: a, glia: b })
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Both come with sorted keys. */
function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

/** The place of the deviation that speaks of this difference. */
export function placeIn(deviation: Deviation, label: string, { place }: Difference): string | undefined {
  if (deviation.labels !== undefined && !deviation.labels.includes(label)) return undefined
  return Object.keys(deviation.glia).find((listed) => (listed.startsWith('**') ? place.endsWith(listed.slice(2)) : place === listed))
}

/**
 * What is wrong with an area: differences that no deviation explains, and deviations that do not occur.
 * @returns one line each, nothing if all is well
 */
export function complaints(
  synapse: ReadonlyMap<string, Note>,
  glia: ReadonlyMap<string, Note>,
  deviations: readonly Deviation[],
): string[] {
  const found: string[] = []
  const occurred = new Set<string>()
  for (const label of new Set([...synapse.keys(), ...glia.keys()])) {
    const [wanted, got] = [synapse.get(label), glia.get(label)]
    if (!wanted || !got) {
      found.push(`${label}: only in ${wanted ? 'the recording' : 'the answers'}`)
      continue
    }
    for (const difference of differences(wanted, got)) {
      const explained = deviations.some((deviation) => {
        const place = placeIn(deviation, label, difference)
        if (place === undefined) return false
        occurred.add(occurrence(deviation, label, place))
        return deviation.glia[place] === ANY || same(deviation.glia[place], difference.glia)
      })
      if (!explained) found.push(`${label} (${wanted.request}): ${shown(difference)}`)
    }
  }
  for (const deviation of deviations) {
    for (const place of Object.keys(deviation.glia)) {
      for (const label of deviation.labels ?? [undefined]) {
        if (!occurred.has(occurrence(deviation, label, place)))
          found.push(`${label ?? 'any answer'}: no difference any more at ${place}: take it out of deviations/ (${deviation.reason})`)
      }
    }
  }
  return found
}

function occurrence(deviation: Deviation, label: string | undefined, place: string): string {
  return JSON.stringify([deviation.reason, place, deviation.labels === undefined ? '' : label])
}

function shown({ place, synapse, glia }: Difference): string {
  return `${place} is ${JSON.stringify(glia)} instead of ${JSON.stringify(synapse)}`
}
