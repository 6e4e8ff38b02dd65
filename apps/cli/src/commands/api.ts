import { readFile } from 'node:fs/promises'
import { type Command, Option } from 'commander'
import { type CommandContext, connectionOf } from '../command-context.ts'
import { CliError, UsageError } from '../errors.ts'
import { printJson } from '../output/print.ts'

const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS']

/** `glia api`: any request, with the session's token. */
export function addApiCommand(program: Command, context: CommandContext): void {
  const { terminal } = context
  program
    .command('api')
    .summary('send a request as it is')
    .description('Sends a request with the token of the session and prints the answer. Exit code 1 if the status is not 2xx.')
    .argument('<method>', METHODS.join(', '))
    .argument('<path>', 'from the root of the homeserver: /_synapse/admin/v2/users?limit=3')
    .addOption(new Option('--data <json>', 'body; @FILE reads it from a file, - from standard input'))
    .action(async (writtenMethod: string, path: string, options: { data?: string }, command: Command) => {
      const method = writtenMethod.toUpperCase()
      if (!METHODS.includes(method)) throw new UsageError(`${JSON.stringify(writtenMethod)} is no method: ${METHODS.join(', ')}`)
      if (!path.startsWith('/')) throw new UsageError(`the path must begin with /, not ${JSON.stringify(path)}`)
      const body = options.data === undefined ? undefined : await readBody(options.data)
      const connection = await connectionOf(command, context)
      const response = await connection.fetch(connection.baseUrl + path, {
        method,
        ...(body === undefined ? {} : { body, headers: { 'content-type': 'application/json' } }),
      })
      const bytes = new Uint8Array(await response.arrayBuffer())
      if (bytes.length > 0) print(bytes, response.headers.get('content-type') ?? '')
      if (!response.ok) throw new CliError(`HTTP status ${response.status}`)
    })

  async function readBody(data: string): Promise<string> {
    const body = data === '-' ? await terminal.readInput() : data.startsWith('@') ? await fileContent(data.slice(1)) : data
    // what it says is not repeated: it may hold a password
    if (parsedOrUndefined(body) === undefined) throw new UsageError('the body is not JSON')
    return body
  }

  function print(bytes: Uint8Array, contentType: string): void {
    if (/^application\/(.*\+)?json/.test(contentType)) {
      const parsed = parsedOrUndefined(new TextDecoder().decode(bytes))
      if (parsed !== undefined) {
        printJson(terminal, parsed)
        return
      }
    }
    if (terminal.width === undefined) terminal.writeBytes(bytes)
    else terminal.out(new TextDecoder().decode(bytes))
  }
}

async function fileContent(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new CliError(`${file} cannot be read (${(error as NodeJS.ErrnoException).code})`, { cause: error })
  }
}

function parsedOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
