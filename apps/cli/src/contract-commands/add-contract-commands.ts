import type { AnyEndpoint } from '@glia/contract'
import type { Command, Option } from 'commander'
import { type CommandContext, connectionOf, globalOptions } from '../command-context.ts'
import type { Connection } from '../connection.ts'
import { CliError, UsageError } from '../errors.ts'
import { printAnswer, printBytes } from '../output/print.ts'
import { callAllResources, plain, withAccountIds } from './auth-resources.ts'
import { callAllPages, callEndpoint, type EndpointInput } from './call-endpoint.ts'
import { type EndpointCommand, endpointCommands } from './command-names.ts'
import { extras } from './extras.ts'
import { type Field, type FieldSchema, isSecret, kindOf, optionsFor, sentValue } from './field-option.ts'

const GROUP_SUMMARIES: Record<string, string> = {
  devices: 'devices of users',
  users: 'accounts',
  rooms: 'rooms',
  media: 'uploaded and cached files',
  'registration-tokens': 'tokens with which people may register',
  'scheduled-tasks': 'long work and its outcome',
  server: 'the server itself',
  'account-validity': 'accounts that can be used for a time',
  'admin-roles': 'roles of helpers (only Glia)',
  audit: 'what admins did (only Glia)',
  bulk: 'one thing done to many users (only Glia)',
  'experimental-features': 'features that are switched on for single users',
  federation: 'other servers, and how sending to them goes',
  maintenance: 'statistics and background updates',
  'purge-history': 'deletion of old messages',
  pushers: 'where users are sent notifications',
  'rate-limits': 'how much single users may do',
  reports: 'what users reported',
  'server-notices': 'messages to users in the name of the server',
  'time-series': 'how the server grew (only Glia)',
}

/** A command for each endpoint of the Admin API. Works with any server that has them, Synapse too. */
export function addContractCommands(program: Command, context: CommandContext): void {
  for (const command of endpointCommands()) addEndpointCommand(groupOf(program, command.group), command, context)
}

/** The command that holds those of a resource. */
export function groupOf(program: Command, name: string): Command {
  const existing = program.commands.find((command) => command.name() === name)
  if (existing) return existing
  const summary = GROUP_SUMMARIES[name] ?? `the Admin API's ${name.replaceAll('-', ' ')}`
  return program.command(name).summary(summary).description(`Commands for ${summary}.`)
}

/** Synapse does not know it, and would do the thing: no command says it to a server that may be Synapse. */
const NOT_FOR_EVERY_SERVER = 'dry_run'

interface FieldOption {
  readonly field: Field
  readonly options: readonly Option[]
}

export function addEndpointCommand(parent: Command, { group, name, endpoint }: EndpointCommand, context: CommandContext): void {
  const { terminal } = context
  const params = [...endpoint.path.matchAll(/\{([^}]+)\}/g)].map(([, param]) => param!)
  const fields = fieldsOf(endpoint).map((field): FieldOption => ({ field, options: optionsFor(field, group) }))
  const next = nextMember(endpoint)
  const isAuth = endpoint.surface === 'auth-admin'
  const extra = extras[endpoint.id]

  const command = parent.command(name).summary(endpoint.summary).description(descriptionOf(endpoint))
  for (const param of params) command.argument(`<${param.replaceAll('_', '-')}>`, argumentHelp(param, endpoint))
  for (const { options } of fields) for (const option of options) command.addOption(option)
  if (next !== undefined) command.option('--all', 'all pages')
  if (isDangerous(name, endpoint) || extra?.confirm) command.option('-y, --yes', 'do not ask')
  extra?.addOptions?.(command)

  command.action(async (...args: unknown[]) => {
    const options = command.opts<Record<string, unknown>>()
    const sent = await sentFields(fields, command, context)
    const connection = await connectionOf(command, context)
    if (needsToken(endpoint)) await connection.token()
    const written: EndpointInput = {
      params: Object.fromEntries(
        await Promise.all(params.map(async (param, i) => [param, await paramValue(connection, param, args[i] as string)])),
      ),
      query: sent.query,
      body: sent.body,
    }
    const input = isAuth ? await withAccountIds(connection, endpoint.path, written) : written
    if (isDangerous(name, endpoint) && !options.yes) await confirm(context, `glia ${group} ${name}`, connection, input)
    if (extra?.confirm && terminal.isInteractive && !options.yes)
      await confirmed(terminal, await extra.confirm({ connection, input, options, terminal }))
    await extra?.before?.({ connection, input, options, terminal })
    const answer =
      options.all && next !== undefined
        ? await (isAuth ? callAllResources(connection, endpoint, input) : callAllPages(connection, endpoint, input, next))
        : await callEndpoint(connection, endpoint, input)
    const result = extra?.after ? await extra.after({ connection, input, options, terminal }, answer) : answer
    const { output } = globalOptions(command)
    if (result instanceof Response) await printBytes(terminal, result)
    else printAnswer(terminal, output, isAuth && output === 'table' ? plain(result) : result)
  })
}

function argumentHelp(param: string, { path }: AnyEndpoint): string {
  if (/user_id$/.test(param)) return 'user id or its first part'
  return path.startsWith('/api/admin/v1/users/{id}') ? 'id, user id or its first part' : ''
}

function descriptionOf(endpoint: AnyEndpoint): string {
  const notes = [
    `${endpoint.method} ${endpoint.path}`,
    ...(endpoint.access.kind === 'serverAdmin' ? ['Needs a server admin.'] : []),
    ...(endpoint.access.kind === 'authAdmin' ? ['Needs the scope urn:mas:admin.'] : []),
    ...(endpoint.deprecated ? ['Deprecated.'] : []),
  ]
  return `${endpoint.summary}.\n\n${notes.join('\n')}`
}

function fieldsOf(endpoint: AnyEndpoint): Field[] {
  const query = fieldsIn(endpoint.query as unknown as ObjectSchema, 'query').filter(({ name }) => name !== NOT_FOR_EVERY_SERVER)
  const body = endpoint.body.kind === 'json' ? fieldsIn(endpoint.body.schema as ObjectSchema, 'body') : []
  return [...query, ...body]
}

interface ObjectSchema {
  readonly properties: Readonly<Record<string, FieldSchema>>
  readonly required?: readonly string[]
}

/** Where a command is about one yes or no, its name says yes: `users suspend` suspends, and `--no-suspend` ends that. */
function fieldsIn({ properties, required }: ObjectSchema, place: Field['place']): Field[] {
  const fields = Object.entries(properties).map(([name, schema]): Field => {
    const isRequired = (required?.includes(name) ?? false) && schema.default === undefined
    return { name, place, schema, isRequired }
  })
  const [only, ...others] = fields
  const isOneQuestion = place === 'body' && only?.isRequired && others.length === 0 && kindOf(only.schema).kind === 'flag'
  return isOneQuestion ? [{ ...only, isRequired: false, schema: { ...only.schema, default: true } }] : fields
}

/** What the options say, as far as they were given: defaults are the server's. */
async function sentFields(
  fields: readonly FieldOption[],
  command: Command,
  { terminal }: CommandContext,
): Promise<Pick<EndpointInput, 'query' | 'body'>> {
  const sent = { query: {} as Record<string, unknown>, body: {} as Record<string, unknown> }
  for (const { field, options } of fields) {
    const attribute = options[0]!.attributeName()
    const isGiven = command.getOptionValueSource(attribute) === 'cli'
    const given = isGiven ? sentValue(field, command.getOptionValue(attribute)) : undefined
    if (isSecret(field) && (given === '-' || (given === undefined && field.isRequired))) {
      const asked = await secret(terminal, given, `--${options[0]!.name()}`)
      sent[field.place][field.name] = asked
    } else if (given !== undefined) sent[field.place][field.name] = given
    else if (field.isRequired) throw new UsageError(`--${options[0]!.name()} or --no-${options[0]!.name()} is needed`)
    else if (field.place === 'body' && field.schema.default === true && kindOf(field.schema).kind === 'flag') {
      sent.body[field.name] = true
    }
  }
  return sent
}

async function secret(terminal: CommandContext['terminal'], given: unknown, option: string): Promise<string> {
  if (given === '-' && !terminal.isInteractive) return (await terminal.readInput()).replace(/\r?\n$/, '')
  if (!terminal.isInteractive) throw new UsageError(`${option} is needed; ${option} - reads it from standard input`)
  return terminal.askHidden(`${option.replace(/^--/, '').replaceAll('-', ' ')}: `)
}

async function paramValue(connection: Connection, param: string, value: string): Promise<string> {
  if (!/user_id$/.test(param) || value.startsWith('@') || !connection.hasToken) return value
  const own = await connection.userId()
  return `@${value}${own.slice(own.indexOf(':'))}`
}

function needsToken(endpoint: AnyEndpoint): boolean {
  return ['serverAdmin', 'authAdmin', 'user'].includes(endpoint.access.kind)
}

/** The member of the answer that holds the next page's `from`. */
function nextMember(endpoint: AnyEndpoint): string | undefined {
  if ('page[after]' in endpoint.query.properties) return 'links'
  if (!('from' in endpoint.query.properties) || endpoint.answer.kind !== 'json') return undefined
  const members = (endpoint.answer.schema as Partial<ObjectSchema>).properties ?? {}
  return ['next_token', 'next_batch'].find((member) => member in members)
}

function isDangerous(name: string, endpoint: AnyEndpoint): boolean {
  return endpoint.method === 'DELETE' || /(^|-)(delete|deactivate|purge|redact|erase)(-|$)/.test(name)
}

/** Scripts are not asked. */
async function confirm({ terminal }: CommandContext, what: string, connection: Connection, input: EndpointInput): Promise<void> {
  if (!terminal.isInteractive) return
  const subject = [what, ...Object.values(input.params)].join(' ')
  await confirmed(terminal, `${subject} at ${connection.baseUrl}.`)
}

async function confirmed(terminal: CommandContext['terminal'], what: string | undefined): Promise<void> {
  if (what === undefined) return
  const answer = await terminal.ask(`${what} Go on? [y/N] `)
  if (!/^y(es)?$/i.test(answer.trim())) throw new CliError('nothing was done')
}
