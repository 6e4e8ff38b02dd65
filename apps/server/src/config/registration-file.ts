import { readFileSync } from 'node:fs'
import { dirname, isAbsolute, resolve } from 'node:path'
import { type AppserviceNamespace, compileNamespace } from '@glia/protocol'
import { describe, type Located, type LocatedMap } from './located.ts'
import { parseYaml, reasonOf } from './read-yaml.ts'
import { SILENT, section } from './section.ts'
import { type Invalid, invalid, type Reading, readFields, refuse, type SettingType, setting, type ValuesOf } from './setting.ts'
import { boolean, checked, httpUrl, listOf, optional, secret, text } from './types.ts'

/** What an application service's registration file says, checked by itself. */
export interface RegistrationFile extends ValuesOf<typeof registrationKeys> {
  /** Absolute. */
  readonly file: string
  /** `file:line` of a key, or of the whole. */
  placeOf(key: string): string
}

const namespace: SettingType<AppserviceNamespace> = {
  label: 'a map with regex and exclusive',
  read(node, key, reading) {
    const values = namespaceMap.read(node, key, reading)
    if (values === invalid) return invalid
    try {
      return compileNamespace(values.regex, values.exclusive)
    } catch (error) {
      return refuse(node, `${key}.regex`, `is no regular expression: ${(error as Error).message}`, reading)
    }
  },
}
const namespaceMap = section(
  {
    regex: setting(text, { doc: '' }),
    exclusive: setting(boolean, { doc: '' }),
  },
  { group_id: SILENT },
)
const namespaces = () => setting(listOf(namespace, 'a list of maps with regex and exclusive'), { default: [], doc: '' })

/** Synapse's rule. */
const NEEDS_NO_ENCODING = /^[A-Za-z0-9_.~/-]+$/

/** Keys of a registration file. Source: Application Service API, "Registration"; the long names are those of MSCs. */
const registrationKeys = {
  id: setting(text, { doc: '' }),
  url: setting(optional(httpUrl), { doc: '' }),
  as_token: setting(secret, { doc: '' }),
  hs_token: setting(secret, { doc: '' }),
  sender_localpart: setting(
    checked(text, (name) => (NEEDS_NO_ENCODING.test(name) ? undefined : 'must be of letters, digits and _ . - ~ / only')),
    { doc: '' },
  ),
  rate_limited: setting(boolean, { default: true, doc: '' }),
  namespaces: setting(section({ users: namespaces(), aliases: namespaces(), rooms: namespaces() }), { doc: '' }),
  protocols: setting(listOf(text, 'a list of names'), { default: [], doc: '' }),
  receive_ephemeral: setting(optional(boolean), { doc: '' }),
  'de.sorunome.msc2409.push_ephemeral': setting(boolean, { default: false, doc: '' }),
  'org.matrix.msc3202': setting(boolean, { default: false, doc: '' }),
  'io.element.msc4190': setting(boolean, { default: false, doc: '' }),
}

/** Written by bridges for other servers or by Synapse's rules, and without meaning here. */
const IGNORED = new Set(['ip_range_whitelist', 'push_ephemeral', 'soru.ephemeral_events', 'group_id', 'description'])

/** A path to a registration file, read and checked. A relative path starts at the folder of the configuration file that names it. */
export const registrationFile: SettingType<RegistrationFile> = {
  label: 'a path',
  read(node, key, reading) {
    if (typeof node.value !== 'string' || node.value === '')
      return refuse(node, key, `must be a path, not ${describe(node.value)}`, reading)
    const file = isAbsolute(node.value) ? node.value : resolve(folderOf(node, reading), node.value)
    const content = readText(file, node, key, reading)
    if (content === invalid) return invalid
    const found = reading.problems.length
    const map = parseYaml(content, file, reading.problems)
    if (reading.problems.length > found) return invalid
    return readRegistration(file, map, reading)
  },
}

function readRegistration(file: string, map: LocatedMap, reading: Reading): RegistrationFile | Invalid {
  const at = `${file}:1`
  const values = readFields(registrationKeys, { at, value: map }, '', reading)
  if (!map.has('url'))
    refuse({ at, value: null }, 'url', 'is missing: it must be a URL, or null for a service that is sent nothing', reading)
  for (const [name, node] of map) {
    if (Object.hasOwn(registrationKeys, name) || IGNORED.has(name)) continue
    reading.warnings.push({ at: node.at, key: name, message: 'Glia does not know this key of a registration' })
  }
  if (values === invalid || !map.has('url')) return invalid
  return { ...values, file, placeOf: (key) => map.get(key)?.at ?? at }
}

function readText(file: string, node: Located, key: string, reading: Reading): string | Invalid {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    return refuse(node, key, `${file}: ${reasonOf(error)}`, reading)
  }
}

function folderOf(node: Located, reading: Reading): string {
  const named = /^(.*):\d+$/s.exec(node.at)?.[1]
  return named === undefined ? reading.dataDir : dirname(resolve(named))
}
