import { serveHelp } from '@glia/server/config'
import type { Command, Help } from 'commander'
import { createProgram } from './program.ts'
import type { Terminal } from './terminal.ts'

const INTRODUCTION = `# Command line

Every command of \`glia\`, as \`--help\` shows it. In a checkout it is started with \`npx glia\`. How to use it: [docs/cli.md](../cli.md).
`

/** The reference of all commands, as Markdown. */
export async function renderCliReference(): Promise<string> {
  const program = await createProgram({ terminal: silentTerminal, env: {}, argv: [] })
  const help = program.createHelp()
  const parts = [
    INTRODUCTION,
    '## Options of every command\n',
    'They may stand before or after the command.\n',
    optionTable(program, help),
    '| exit code | meaning |\n|---|---|\n| 0 | done |\n| 1 | failed or refused |\n| 2 | wrong use |\n',
  ]
  for (const command of visible(program, help)) {
    if (command.name() === 'serve') parts.push(`## glia serve\n`, `\`\`\`text\n${serveHelp.trimEnd()}\n\`\`\`\n`)
    else parts.push(...section(command, help, '##'))
  }
  return `${parts.join('\n').trimEnd()}\n`
}

function section(command: Command, help: Help, heading: '##' | '###'): string[] {
  const name = nameOf(command)
  const parts = [`${heading} ${name}\n`, `${prose(command.description())}\n`]
  const subcommands = visible(command, help)
  if (subcommands.length > 0) return [...parts, ...subcommands.flatMap((subcommand) => section(subcommand, help, '###'))]
  const args = command.registeredArguments.map((argument) => (argument.required ? `<${argument.name()}>` : `[${argument.name()}]`))
  const options = help.visibleOptions(command).length > 1 ? ['[options]'] : []
  parts.push(`\`\`\`text\n${[name, ...args, ...options].join(' ')}\n\`\`\`\n`)
  const described = command.registeredArguments.filter(({ description }) => description !== '')
  if (described.length > 0) {
    parts.push(
      table(
        'argument',
        described.map((argument) => [help.argumentTerm(argument), help.argumentDescription(argument)]),
      ),
    )
  }
  parts.push(optionTable(command, help))
  return parts.filter((part) => part !== '')
}

/** The description may end with the lines of the request. */
function prose(description: string): string {
  return description.replace(/^((?:GET|POST|PUT|DELETE) \S+)$/m, '`$1`').replace(/^ {2}(.*)$/m, '\n    $1')
}

function nameOf(command: Command): string {
  return command.parent ? `${nameOf(command.parent)} ${command.name()}` : command.name()
}

function visible(command: Command, help: Help): Command[] {
  return help.visibleCommands(command).filter((subcommand) => subcommand.name() !== 'help')
}

function optionTable(command: Command, help: Help): string {
  const options = help.visibleOptions(command).filter(({ long }) => long !== '--help')
  return options.length === 0
    ? ''
    : table(
        'option',
        options.map((option) => [help.optionTerm(option), help.optionDescription(option)]),
      )
}

function table(title: string, rows: (readonly [string, string])[]): string {
  const cells = (text: string) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;')
  return `| ${title} | meaning |\n|---|---|\n${rows.map(([term, text]) => `| \`${term.replaceAll('|', '\\|')}\` | ${cells(text)} |`).join('\n')}\n`
}

const silentTerminal: Terminal = {
  isInteractive: false,
  width: undefined,
  out() {},
  note() {},
  writeBytes() {},
  ask: async () => '',
  askHidden: async () => '',
  readInput: async () => '',
}
