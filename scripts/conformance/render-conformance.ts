import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { type AnyEndpoint, allEndpoints, contract, isEndpoint } from '../../packages/contract/src/index.ts'
import { endpointOf } from '../../tests/compat/parity/asked-endpoint.ts'
import { readRecording, recordedAreas } from '../../tests/compat/parity/recording.ts'

/** An endpoint of the specification: the list is `client-server-endpoints.json`. */
interface SpecEndpoint {
  readonly method: string
  readonly path: string
  readonly section: string
  readonly deprecated?: boolean
}

interface SourceFile {
  /** From the root of the repository. */
  readonly path: string
  readonly text: string
}

const root = join(import.meta.dirname, '..', '..')

/** Which endpoints of the Client-Server API Glia answers, and which tests ask them, as Markdown. */
export function renderConformance(): string {
  const spec = JSON.parse(readFileSync(join(import.meta.dirname, 'client-server-endpoints.json'), 'utf8')) as SpecEndpoint[]
  const built = builtEndpoints()
  const tests = sourceFiles(['packages', 'apps', 'tests']).filter(({ path }) => /\.test\.tsx?$|tests\/(compat|support)\//.test(path))
  const scenarios = scenariosByEndpoint()
  const askedWhere = (own: AnyEndpoint) => {
    const isAsked = asker(own)
    const inText = tests.filter(({ text }) => isAsked(text)).map(({ path }) => path)
    return [...new Set([...inText, ...(scenarios.get(`${own.method} ${own.path}`) ?? [])])]
  }
  const slices = slicesByResource()
  const rows = spec.map((endpoint) => {
    const own = built.get(`${endpoint.method} ${nameless(endpoint.path)}`)
    const askedIn = own ? askedWhere(own) : []
    return { endpoint, own, askedIn, slice: own && slices.get(resourceOf(own) ?? '') }
  })
  const answered = rows.filter(({ own }) => own)
  const asked = answered.filter(({ askedIn }) => askedIn.length > 0)
  const missing = rows.filter(({ own }) => !own)
  const sections = Map.groupBy(rows, ({ endpoint }) => endpoint.section)
  return [
    '# Conformance with the Client-Server API\n',
    'Made by `npm run generate` from the list of the endpoints of the Matrix specification, from the contract and from the tests.\n',
    `Of the specification’s ${rows.length} endpoints ${answered.length} are built. ${asked.length} of them are asked in a test, as far as its text shows: one that puts the path together from pieces is not seen; ` +
      'all built ones are walked with wrong credentials and wrong input (`tests/api/contract.test.ts`), and the SDKs of `tests/journeys/` ask more than is seen here. ' +
      'How answers compare with Synapse’s is in [parity.md](parity.md).\n',
    `Not built: ${missing.length === 0 ? 'none' : missing.map(({ endpoint }) => `\`${endpoint.method} ${endpoint.path}\``).join(', ')}.\n`,
    ...[...sections]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([section, own]) =>
        [
          `## ${section}\n`,
          '| endpoint | built | asked in | known differences |',
          '|---|---|---|---|',
          ...own.map(
            ({ endpoint, own: known, askedIn, slice }) =>
              `| \`${endpoint.method} ${endpoint.path}\`${endpoint.deprecated ? ' (deprecated)' : ''} | ${known ? 'yes' : '**no**'} | ${askedIn.map(link).join(', ')} | ${slice ? differencesOf(slice) : ''} |`,
          ),
          '',
        ].join('\n'),
      ),
  ].join('\n')
}

function builtEndpoints(): Map<string, AnyEndpoint> {
  return new Map(
    allEndpoints().flatMap((endpoint) =>
      [endpoint.path, ...endpoint.aliases].map((path) => [`${endpoint.method} ${nameless(path)}`, endpoint]),
    ),
  )
}

/** Names of parameters differ; older versions of the path are the same. */
function nameless(path: string): string {
  return path.replaceAll(/\{[^}]*\}/g, '{}')
}

const VALUE = String.raw`(?:[^/'"\`?\s$]|\$\{[^}]*\})+`
const VARIABLE = String.raw`\$\{[^}]*\}`
const QUOTE = String.raw`['"\`]`

/**
 * Whether a test has the method and, soon after it, the path: whole, without what all paths begin with, with a variable in place of its
 * first parts (`${room}/ban`), or without first parts that a helper of the same file adds.
 */
function asker({ method, path, aliases }: AnyEndpoint): (text: string) => boolean {
  const word = method.toLowerCase()
  const call = String.raw`(?:${QUOTE}${method}${QUOTE}|\b${word}\(${method === 'GET' ? '|\\b(?:open|fetch)\\(' : ''})`
  const calls = new RegExp(call)
  const paths = [path, ...aliases].map((one) => {
    const parts = one.split('/').slice(1)
    const written = parts.map((part) => (part.startsWith('{') ? VALUE : part.replaceAll(/[.*+?^$()|[\]\\]/g, String.raw`\$&`)))
    const isNamed = (tail: readonly string[]) => tail.some((part) => part !== VALUE && part !== '')
    const tails = written.map((_, index) => written.slice(index + 1)).filter(isNamed)
    const starts = [`/${written.join('/')}`, ...tails.map((tail) => `${VARIABLE}/${tail.join('/')}`)]
    if (one.startsWith('/_matrix/client/v')) starts.push(`/${written.slice(3).join('/')}`)
    const cuts = parts.map((_, index) => index).filter((cut) => cut >= 3 && isNamed(written.slice(cut)))
    return {
      // a quick look first: what every way to write the path has
      lastName: parts.findLast((part) => part !== '' && !part.startsWith('{')) ?? '',
      isAsked: askedAs(call, starts),
      withHelper: cuts.map((cut) => ({
        head: new RegExp(String.raw`/${written.slice(0, cut).join('/')}/?(?:\$\{|${QUOTE})`),
        isAsked: askedAs(call, [`/?${written.slice(cut).join('/')}`]),
      })),
    }
  })
  return (text) =>
    calls.test(text) &&
    paths.some(
      ({ lastName, isAsked, withHelper }) =>
        text.includes(lastName) && (isAsked(text) || withHelper.some((helper) => helper.head.test(text) && helper.isAsked(text))),
    )
}

function askedAs(call: string, starts: readonly string[]): (text: string) => boolean {
  const literal = String.raw`${QUOTE}(?:${starts.join('|')})(?:[?'"\`]|(?<!/)\$)`
  const direct = new RegExp(`${call}[^;]{0,80}?${literal}`)
  const named = new RegExp(String.raw`=>?\s*${literal}`)
  return (text) => direct.test(text) || named.test(text)
}

/** The scenarios of the comparison with Synapse, by what they asked: all of it was written down. */
function scenariosByEndpoint(): ReadonlyMap<string, readonly string[]> {
  const asked = recordedAreas().flatMap((area) =>
    [...new Set([...readRecording(area).values()].map(({ request }) => endpointOf(request).name))].map((name) => ({ area, name })),
  )
  return new Map(
    [...Map.groupBy(asked, ({ name }) => name)].map(([name, all]) => [
      name,
      all.map(({ area }) => `tests/compat/parity/scenarios/${area}.ts`),
    ]),
  )
}

function resourceOf(endpoint: AnyEndpoint): string | undefined {
  for (const [name, resource] of Object.entries(contract.client)) {
    if (Object.values(resource).some((value) => isEndpoint(value) && value === endpoint)) return name
  }
  return undefined
}

/** Resource of the contract → folder of the slice that answers it. */
function slicesByResource(): Map<string, string> {
  const found = new Map<string, string>()
  for (const { path, text } of sourceFiles(['packages/homeserver/src', 'packages/auth/src'])) {
    if (path.endsWith('.test.ts')) continue
    for (const [, resource] of text.matchAll(/contract\.client\.(\w+)/g)) if (!found.has(resource!)) found.set(resource!, dirname(path))
  }
  return found
}

function differencesOf(slice: string): string {
  try {
    const readme = readFileSync(join(root, slice, 'README.md'), 'utf8')
    return /differences? from synapse/i.test(readme) ? `[${slice.split('/').at(-1)}](../../${slice}/README.md)` : ''
  } catch {
    return ''
  }
}

function link(path: string): string {
  return `[${path
    .split('/')
    .at(-1)!
    .replace(/(\.test)?\.tsx?$/, '')}](../../${path})`
}

function sourceFiles(folders: readonly string[]): SourceFile[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.parentPath.includes('node_modules'))
      .map((entry) => relative(root, join(entry.parentPath, entry.name)))
      .sort()
      .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') })),
  )
}
