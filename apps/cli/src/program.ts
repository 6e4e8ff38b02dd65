import { Command, Option } from 'commander'
import type { CommandContext } from './command-context.ts'
import { addApiCommand } from './commands/api.ts'
import { addDevCommands } from './commands/dev.ts'
import { addDoctorCommand } from './commands/doctor.ts'
import { addKeyCommands } from './commands/keys.ts'
import { addServeCommand } from './commands/serve.ts'
import { addSessionCommands } from './commands/session.ts'
import { addStreamCommand } from './commands/stream.ts'
import { gliaVersion } from './version.ts'

const SUMMARY = 'Runs and looks after a Matrix homeserver: Glia, or Synapse with or without MAS.'

const AFTERWORD = `
Environment: GLIA_URL, GLIA_TOKEN and GLIA_PROFILE as the options of these names; glia serve --help names those of the server.
Exit codes: 0 done, 1 failed or refused, 2 wrong use.`

/** All commands. Those that are made from the contract are left out where the command line cannot mean them: they take time to load. */
export async function createProgram(options: CommandContext & { argv: readonly string[] }): Promise<Command> {
  const { terminal } = options
  const program = new Command('glia')
    .description(SUMMARY)
    .version(`glia ${gliaVersion}`, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .configureHelp({
      showGlobalOptions: true,
      sortSubcommands: true,
      ...(terminal.width === undefined ? {} : { helpWidth: terminal.width }),
    })
    .configureOutput({
      writeOut: (text) => terminal.out(text.replace(/\n$/, '')),
      writeErr: (text) => terminal.note(text.replace(/\n$/, '')),
      outputError: (text, write) => write(text.replace(/^error: /, 'Error: ')),
    })
    .showHelpAfterError('  Try: glia COMMAND --help')
    .exitOverride()
    .addOption(new Option('--profile <name>', 'the session to use (default: "default")').env('GLIA_PROFILE'))
    .addOption(new Option('--url <url>', "homeserver (default: the session's)").env('GLIA_URL'))
    .addOption(new Option('--token <token>', 'access token; better in GLIA_TOKEN, which other users cannot see').env('GLIA_TOKEN'))
    .addOption(new Option('--output <format>', 'table for people, json for programs').choices(['table', 'json']))
    .option('--json', 'the same as --output json')
    .addHelpText('after', AFTERWORD)

  program.commandsGroup('Server:')
  addServeCommand(program, options)
  addDoctorCommand(program, options)
  addKeyCommands(program, options)
  addDevCommands(program, options)
  program.commandsGroup('Session:')
  addSessionCommands(program, options)
  addApiCommand(program, options)
  addStreamCommand(program, options)
  if (needsContract(program, options.argv)) {
    program.commandsGroup('Admin:')
    const { addContractCommands } = await import('./contract-commands/add-contract-commands.ts')
    const { addAccountCommands } = await import('./accounts/add-account-commands.ts')
    const { addAuthCommands } = await import('./contract-commands/add-auth-commands.ts')
    addContractCommands(program, options)
    addAuthCommands(program, options)
    addAccountCommands(program, options)
  }
  return program
}

function needsContract(program: Command, argv: readonly string[]): boolean {
  const light = new Set(program.commands.map((command) => command.name()))
  return !light.has(argv[0] ?? '')
}
