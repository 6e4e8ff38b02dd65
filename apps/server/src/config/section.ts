import { describe, isMap, type LocatedMap } from './located.ts'
import { nearestName } from './nearest-name.ts'
import { type Fields, invalid, type Reading, readFields, refuse, type SettingType, type ValuesOf } from './setting.ts'

/** Keys that Synapse has beside the ones Glia reads, each with what to say about it ('' if there is nothing to add). */
export type UnusedKeys = Readonly<Record<string, string>>

/** A map with declared keys. Keys in `unused` give a warning, any other key is refused. */
export function section<F extends Fields>(fields: F, unused: UnusedKeys = {}): SettingType<ValuesOf<F>> {
  return {
    label: 'a map',
    fields,
    read(node, key, reading) {
      if (!isMap(node.value)) return refuse(node, key, `must be a map, not ${describe(node.value)}`, reading)
      const known = refuseUnknownKeys(node.value, { fields, unused, prefix: `${key}.`, reading })
      const values = readFields(fields, { at: node.at, value: node.value }, `${key}.`, reading)
      return known ? values : invalid
    },
  }
}

/** Warns of keys in `unused` and refuses those that nobody knows; false if there are any. */
export function refuseUnknownKeys(
  map: LocatedMap,
  options: { fields: Fields; unused: UnusedKeys; prefix: string; reading: Reading },
): boolean {
  const { fields, unused, prefix, reading } = options
  let allKnown = true
  for (const [name, node] of map) {
    if (Object.hasOwn(fields, name)) continue
    const key = `${prefix}${name}`
    if (Object.hasOwn(unused, name)) {
      const hint = unused[name]
      if (hint !== SILENT)
        reading.warnings.push({ at: node.at, key, message: `Glia has no use for this setting of Synapse${hint ? `: ${hint}` : ''}` })
      continue
    }
    allKnown = false
    const meant = nearestName(name, [...Object.keys(fields), ...Object.keys(unused)])
    refuse(node, key, meant === undefined ? 'unknown key' : `unknown key, did you mean ${prefix}${meant}?`, reading)
  }
  return allKnown
}

/** Hint of an unused key that is not worth a warning: leaving it out changes nothing that anybody could notice. */
export const SILENT = 'silent'
