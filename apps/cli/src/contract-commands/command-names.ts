import { type AnyEndpoint, contract, isEndpoint } from '@glia/contract'

/** A command that stands for one endpoint: `glia GROUP NAME`. */
export interface EndpointCommand {
  readonly group: string
  readonly name: string
  readonly endpoint: AnyEndpoint
}

/** Registration by the shared secret is for programs that compute its MAC; monitors and browsers have two; `glia stream` is made by hand. */
const LEFT_OUT = new Set(['register', 'health', 'apiDescription', 'stream'])

/**
 * The commands for the Admin API, Synapse's and what Glia adds to it. A group is a resource of the contract (`userLookup` belongs to `users`), a command is the name of the
 * endpoint without the words that name the resource: `admin.rooms.listRoomMembers` is `glia rooms list-members`. Of several versions the
 * newest has the plain name: `rooms delete`, `rooms delete-v1`.
 */
export function endpointCommands(): EndpointCommand[] {
  const resources = [...Object.entries(contract.admin), ...Object.entries(contract.glia)].filter(([name]) => !LEFT_OUT.has(name))
  const names = resources.map(([name]) => name)
  return commandsOf(resources, (resource) => ownerOf(resource, names))
}

/** The commands for MAS's Admin API: `glia auth GROUP NAME`. Each resource is a group of its own: `auth user-emails list`. */
export function authEndpointCommands(): EndpointCommand[] {
  return commandsOf(Object.entries(contract.authAdmin), (resource) => resource)
}

type Resource = readonly [name: string, members: Readonly<Record<string, unknown>>]

function commandsOf(resources: readonly Resource[], owner: (resource: string) => string): EndpointCommand[] {
  const groups = new Map<string, Map<string, AnyEndpoint>>()
  for (const [resource, members] of resources) {
    const group = kebab(owner(resource))
    const endpoints = groups.get(group) ?? new Map<string, AnyEndpoint>()
    groups.set(group, endpoints)
    for (const [name, value] of Object.entries(members)) {
      if (isEndpoint(value)) endpoints.set(kebab(name), value)
    }
  }
  return [...groups].flatMap(([group, endpoints]) => {
    const names = shortNames([...endpoints.keys()], group)
    return [...endpoints].map(([name, endpoint]) => ({ group, name: names.get(name)!, endpoint }))
  })
}

/** `userModeration` is part of `users`. */
function ownerOf(resource: string, resources: readonly string[]): string {
  const firstWord = kebab(resource).split('-')[0]!
  return resources.find((other) => other !== resource && other === `${firstWord}s`) ?? resource
}

/** @param names kebab-case, such as `list-users-v2` @returns the short name of each */
function shortNames(names: readonly string[], group: string): Map<string, string> {
  const newest = new Map<string, number>()
  for (const name of names) {
    const { base, version } = versioned(name)
    newest.set(base, Math.max(newest.get(base) ?? 0, version ?? 0))
  }
  const current = names.map((name) => {
    const { base, version } = versioned(name)
    return { name, plain: version === newest.get(base) ? base : name }
  })
  const taken = new Map<string, string>()
  // shorter ones first: `delete-device` becomes `delete`, and `delete-devices` keeps its name
  for (const { plain } of current.toSorted((a, b) => a.plain.length - b.plain.length)) {
    const short = withoutNoun(plain, group)
    taken.set(plain, [...taken.values()].includes(short) ? plain : short)
  }
  return new Map(current.map(({ name, plain }) => [name, taken.get(plain)!]))
}

function versioned(name: string): { base: string; version: number | undefined } {
  const found = /^(.*)-v(\d+)$/.exec(name)
  return found ? { base: found[1]!, version: Number(found[2]) } : { base: name, version: undefined }
}

/** Takes out the words of the group, in the singular or plural; a name is left whole where nothing else would be left. */
function withoutNoun(name: string, group: string): string {
  const singular = group.replace(/s$/, '')
  const short = `-${name}-`.replace(`-${group}-`, '-').replace(`-${singular}-`, '-').replace(/^-|-$/g, '')
  return short === '' ? name : short
}

export function kebab(name: string): string {
  return name
    .replace(/_/g, '-')
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
}
