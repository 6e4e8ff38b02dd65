import { stringify } from 'yaml'
import { environmentVariables } from './overlay.ts'
import { chapters } from './schema/index.ts'
import type { Fields, Setting } from './setting.ts'

const INTRODUCTION = `# Configuration

Glia reads \`glia.yaml\` in its data folder, or the files named by \`--config\` (instead of it; repeat the option for more
than one, later files win key by key at the top level). The format is YAML 1.1, of which JSON is a part.

- **Names.** Where Synapse has a setting for the same thing, the key has the same name and form, so a \`homeserver.yaml\`
  can be used as it is: \`glia serve --config homeserver.yaml\`. Settings of Synapse that Glia has no use for are named in
  a warning. Settings that only Glia has are under the one key \`glia\`.
- **Mistakes.** A wrong value or an unknown key keeps the server from starting; all of them are named, each with file and line.
- **Order.** Defaults, then files, then the environment, then the command line; the later one wins.
- **Empty keys.** A key without value (or \`null\`) means its default.
- **Paths.** A relative path starts at the data folder.
- **Durations.** \`30s\`, \`5m\`, \`24h\`, \`7d\`, \`2w\`, \`1y\`; a bare number counts milliseconds.
- **Sizes.** \`512K\`, \`50M\`, \`2G\` (powers of 1024); a bare number counts bytes.
- **Secrets.** A secret can be written into the file or, better, kept in a file of its own that a key ending in \`_path\` names.
  A file that is named must exist. A key or secret that nothing names is made on the first start, under \`secrets/\` in the data folder.
`

/** The reference of all settings, as Markdown. */
export function renderConfigReference(): string {
  const parts = [INTRODUCTION, environmentTable()]
  for (const { title, fields } of chapters) parts.push(`## ${title}\n`, ...entries(fields, ''))
  return `${parts.join('\n').trimEnd()}\n`
}

function environmentTable(): string {
  const rows = Object.entries(environmentVariables).map(([name, doc]) => `| \`${name}\` | ${doc} |`)
  return `## Environment\n\n| variable | meaning |\n|---|---|\n${rows.join('\n')}\n`
}

function entries(fields: Fields, prefix: string): string[] {
  return Object.entries(fields).flatMap(([name, field]) => {
    const key = `${prefix}${name}`
    const nested = field.type.fields === undefined ? [] : entries(field.type.fields, `${key}${isListType(field) ? '[]' : ''}.`)
    return [`### \`${key}\`\n`, `${field.doc}\n`, ...facts(field), ...nested]
  })
}

function isListType(field: Setting<unknown>): boolean {
  return field.type.label.startsWith('a list')
}

function facts(field: Setting<unknown>): string[] {
  if (isPlainMap(field)) return []
  const value = field.default
  const type = `${field.type.label[0]!.toUpperCase()}${field.type.label.slice(1)}.`
  if (value === null) return [`${type} ${field.type.optional ? 'Not set by default' : 'Must be given'}.\n`]
  const block = typeof value === 'object' && Object.keys(value).length > 0
  return block
    ? [`${type} Default:\n\n\`\`\`yaml\n${stringify(value).trimEnd()}\n\`\`\`\n`]
    : [`${type} Default: \`${JSON.stringify(value)}\`.\n`]
}

/** A section that only groups its keys: their entries say it all. */
function isPlainMap(field: Setting<unknown>): boolean {
  return field.type.label === 'a map' && Object.keys(field.default ?? { none: true }).length === 0
}

/** A configuration file with every setting at its default, commented out. */
export function renderExampleConfig(): string {
  const lines = ['# Every setting of Glia with its default. Copy what you want to change into glia.yaml.']
  for (const { title, fields } of chapters) {
    lines.push('', `# ${title}`, `# ${'-'.repeat(title.length)}`)
    for (const [name, field] of Object.entries(fields)) {
      lines.push('', ...wrap(field.doc).map((line) => `# ${line}`))
      lines.push(...example(name, field).map((line) => `#${line}`))
    }
  }
  return `${lines.join('\n')}\n`
}

function example(name: string, field: Setting<unknown>): string[] {
  return stringify({ [name]: defaultsOf(field) }, { nullStr: '', lineWidth: 0 })
    .trimEnd()
    .split('\n')
    .map((line) => line.trimEnd())
}

/** The default with the defaults of nested keys filled in. */
function defaultsOf(field: Setting<unknown>): unknown {
  if (!isPlainMap(field) || field.type.fields === undefined) return field.default
  return Object.fromEntries(Object.entries(field.type.fields).map(([name, nested]) => [name, defaultsOf(nested)]))
}

const WIDTH = 110

function wrap(text: string): string[] {
  const lines: string[] = ['']
  for (const word of text.split(' ')) {
    const last = lines[lines.length - 1]!
    if (last.length + word.length + 1 > WIDTH) lines.push(word)
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`
  }
  return lines
}
