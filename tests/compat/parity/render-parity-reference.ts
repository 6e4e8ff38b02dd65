import { endpointOf } from './asked-endpoint.ts'
import { ANY, type Deviation, deviations } from './deviations/index.ts'
import { type Difference, placeIn } from './differences.ts'
import { readRecording, recordedAreas, recordedVersion } from './recording.ts'
import type { Note } from './stage.ts'

interface Answer {
  readonly area: string
  readonly label: string
  readonly note: Note
  readonly reasons: readonly string[]
}

const SURFACES: Readonly<Record<string, string>> = { admin: 'Admin API', client: 'Client-Server API' }

/** How Glia's answers compare with Synapse's, as Markdown: every endpoint that a scenario asks, and every wanted difference. */
export function renderParityReference(): string {
  const answers = recordedAreas().flatMap((area) => [...readRecording(area)].map(([label, note]) => answerOf(area, label, note)))
  const byEndpoint = Map.groupBy(answers, ({ note }) => endpointOf(note.request))
  const parts = [
    introduction(answers),
    ...Object.entries(SURFACES).flatMap(([surface, title]) => {
      const rows = [...byEndpoint]
        .filter(([endpoint]) => endpoint.surface === surface)
        .sort(([a], [b]) => (a.name < b.name ? -1 : 1))
        .map(([endpoint, asked]) => endpointRow(endpoint.name, asked))
      return [`## ${title}\n`, table(['endpoint', 'scenarios', 'answers', 'equal', 'why others differ'], rows)]
    }),
    '## What differs, and why\n',
    reasonTable(),
  ]
  return `${parts.join('\n').trimEnd()}\n`
}

function introduction(answers: readonly Answer[]): string {
  const equal = answers.filter(({ reasons }) => reasons.length === 0).length
  return `# Parity with Synapse

The scenarios in \`tests/compat/parity/scenarios\` were played on a Synapse ${recordedVersion()} and its answers written down: status, fields, values, error
codes and texts. \`npm test\` plays them on Glia with both databases and compares every answer with what Synapse gave. Ids, tokens and times
are other ones in every run; they are compared by what they stand for.

Of ${answers.length} answers ${equal} are equal. The others differ on purpose, and the test fails as soon as one differs in another way, or no more:

- values of a wrong type, and requests that Synapse answers with 500, are refused properly;
- what this server does not offer is refused as unknown;
- some answers say more, or say it everywhere in the same way.

To play them on a Synapse, too: [CONTRIBUTING.md](../../CONTRIBUTING.md#parity).
`
}

function answerOf(area: string, label: string, note: Note): Answer {
  const reasons = deviations
    .filter((deviation) => deviation.areas.includes(area))
    .filter((deviation) =>
      deviation.labels ? deviation.labels.includes(label) : placesOf(note).some((place) => placeIn(deviation, label, place)),
    )
    .map(({ reason }) => reason)
  return { area, label, note, reasons: [...new Set(reasons)] }
}

/** Every place of the recorded answer, as if Glia's differed there. */
function placesOf(note: Note): Difference[] {
  const places: Difference[] = []
  const walk = (value: unknown, place: string): void => {
    places.push({ place, synapse: value, glia: undefined })
    if (Array.isArray(value)) for (const item of value) walk(item, `${place}[]`)
    else if (typeof value === 'object' && value !== null) for (const [key, item] of Object.entries(value)) walk(item, `${place}.${key}`)
  }
  walk(note.body, 'body')
  return places
}

function endpointRow(name: string, asked: readonly Answer[]): string[] {
  const areas = [...new Set(asked.map(({ area }) => area))].join(', ')
  const equal = asked.filter(({ reasons }) => reasons.length === 0).length
  const reasons = [...new Set(asked.flatMap(({ reasons }) => reasons))].map(
    (reason) => `[${numberOf(reason)}](#reason-${numberOf(reason)})`,
  )
  return [`\`${name}\``, areas, String(asked.length), String(equal), reasons.join(' ')]
}

const allReasons = [...new Set(deviations.map(({ reason }) => reason))]

function numberOf(reason: string): number {
  return allReasons.indexOf(reason) + 1
}

function reasonTable(): string {
  const rows = allReasons.map((reason) => {
    const number = numberOf(reason)
    const where = deviations.filter((deviation) => deviation.reason === reason).map(whereOf)
    return [`<a id="reason-${number}"></a>${number}`, reason, [...new Set(where)].join('<br>')]
  })
  return table(['', 'reason', 'where: what Glia answers'], rows)
}

function whereOf({ areas, labels, glia }: Deviation): string {
  const where = labels ? `${areas.join(', ')}: ${labels.join(', ')}` : `${areas.join(', ')}, everywhere`
  const what = Object.entries(glia).map(([place, value]) => `\`${place}\` ${shown(value)}`)
  return `**${where}**: ${what.join(', ')}`
}

function shown(value: unknown): string {
  if (value === ANY) return 'another one'
  if (value === undefined) return 'absent'
  return `\`${JSON.stringify(value)}\``
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line), ''].join('\n')
}
