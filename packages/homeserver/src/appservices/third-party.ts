import { type Clock, type Logger, OutboundError } from '@glia/platform'
import { isJsonObject, type JsonObject } from '@glia/protocol'
import { isSuccess } from './appservice-http.ts'
import type { CallableAppservice } from './queries.ts'

/** Other networks, as their bridges know them. Source: Application Service API, "Third-party networks". */
export interface ThirdParty {
  /** By name, with all instances that bridges offer. */
  protocols(): Promise<Record<string, JsonObject>>
  /** undefined: no bridge knows it. */
  protocol(name: string): Promise<JsonObject | undefined>
  /**
   * @param kind of what to look for
   * @param protocol undefined: everywhere, by the Matrix id in `fields`
   */
  lookUp(kind: 'user' | 'location', protocol: string | undefined, fields: URLSearchParams): Promise<JsonObject[]>
}

/** As in Synapse: bridges are asked once an hour what they bridge. */
const KEPT_MS = 60 * 60 * 1000
const PROTOCOL_TIMEOUT_MS = 30_000
const DESCRIPTION = ['user_fields', 'location_fields', 'icon', 'field_types', 'instances']

export function createThirdParty(services: readonly CallableAppservice[], deps: { clock: Clock; logger: Logger }): ThirdParty {
  const { clock, logger } = deps
  const known = new Map<string, { atMs: number; answer: JsonObject }>()
  const callable = services.filter(({ service }) => service.url !== undefined)

  /** @returns undefined where the bridge gives no answer that can be used */
  const get = async ({ service, http }: CallableAppservice, path: string, timeoutMs?: number): Promise<unknown> => {
    try {
      const answer = await http.call('GET', path, timeoutMs === undefined ? {} : { timeoutMs })
      return isSuccess(answer) ? answer.json() : undefined
    } catch (error) {
      if (!(error instanceof OutboundError)) throw error
      logger.warn({ appservice: service.id, reason: error.message }, 'the application service does not answer about its network')
      return undefined
    }
  }

  const describe = async (one: CallableAppservice, name: string): Promise<JsonObject | undefined> => {
    const key = `${one.service.id}\n${name}`
    const kept = known.get(key)
    if (kept && clock.nowMs() - kept.atMs < KEPT_MS) return kept.answer
    const answer = await get(one, `thirdparty/protocol/${encodeURIComponent(name)}`, PROTOCOL_TIMEOUT_MS)
    if (!isDescription(answer)) return undefined
    const instances = (answer.instances as JsonObject[]).filter(isJsonObject).map((instance) =>
      // how clients name one network of one bridge in the room directory
      typeof instance.network_id === 'string' ? { ...instance, instance_id: `${one.service.id}|${instance.network_id}` } : instance,
    )
    const described = { ...answer, instances }
    known.set(key, { atMs: clock.nowMs(), answer: described })
    return described
  }

  const protocol = async (name: string): Promise<JsonObject | undefined> => {
    const knowing = callable.filter(({ service }) => service.protocols.includes(name))
    const found = (await Promise.all(knowing.map((one) => describe(one, name)))).filter((answer) => answer !== undefined)
    if (found.length === 0) return undefined
    return { ...found[0], instances: found.flatMap(({ instances }) => instances as JsonObject[]) }
  }

  return {
    protocol,
    async protocols() {
      const names = [...new Set(callable.flatMap(({ service }) => service.protocols))]
      const found = await Promise.all(names.map(async (name) => [name, await protocol(name)] as const))
      return Object.fromEntries(found.filter((entry): entry is readonly [string, JsonObject] => entry[1] !== undefined))
    },
    async lookUp(kind, name, fields) {
      const asked = name === undefined ? callable : callable.filter(({ service }) => service.protocols.includes(name))
      const path = `thirdparty/${kind}${name === undefined ? '' : `/${encodeURIComponent(name)}`}?${fields}`
      const required = kind === 'user' ? ['userid', 'protocol', 'fields'] : ['alias', 'protocol', 'fields']
      const found = await Promise.all(asked.map((one) => get(one, path)))
      return found.flatMap((answer) => (Array.isArray(answer) ? answer.filter((item) => isJsonObject(item) && hasAll(item, required)) : []))
    },
  }
}

function isDescription(answer: unknown): answer is JsonObject {
  return isJsonObject(answer) && hasAll(answer, DESCRIPTION) && Array.isArray(answer.instances)
}

function hasAll(value: JsonObject, keys: readonly string[]): boolean {
  return keys.every((key) => Object.hasOwn(value, key))
}
