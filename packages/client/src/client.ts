import { type AnyEndpoint, type Contract, contract, isEndpoint } from '@glia/contract'
import { type CallInput, type CallResult, call, type Transport } from './call.ts'

type OptionalArgument<T> = {} extends T ? [input?: T] : [input: T]

type Methods<T> = {
  readonly [Name in keyof T]: T[Name] extends AnyEndpoint
    ? (...args: OptionalArgument<CallInput<T[Name]>>) => Promise<CallResult<T[Name]>>
    : Methods<T[Name]>
}

/** A method for every endpoint of the contract: `client.admin.users.getUser({params: {user_id}})`. */
export type Client = Methods<Contract>

export interface ClientOptions {
  /** Address of the homeserver; a slash at the end does not matter. Glia or Synapse. */
  readonly baseUrl: string
  /** The access token, or what to ask for it before each request (so that it can be refreshed). */
  readonly token?: string | (() => Promise<string | undefined> | string | undefined)
  readonly fetch?: typeof fetch
}

/** Makes the typed client. It needs nothing but `fetch`: browsers and Node. */
export function createClient(options: ClientOptions): Client {
  const { token } = options
  const transport: Transport = {
    baseUrl: options.baseUrl.replace(/\/+$/, ''),
    fetch: options.fetch ?? ((...args) => fetch(...args)),
    token: typeof token === 'function' ? token : () => token,
  }
  const methodsOf = (resource: object) =>
    // a resource also exports lists and fields that its endpoints share: those are no methods
    Object.fromEntries(
      Object.entries(resource)
        .filter((entry): entry is [string, AnyEndpoint] => isEndpoint(entry[1]))
        .map(([name, endpoint]) => [name, (input: CallInput<AnyEndpoint> = {}) => call(transport, endpoint, input)]),
    )
  const surfaces = mapValues(contract, (surface) => mapValues(surface, methodsOf))
  return surfaces as object as Client
}

function mapValues<T>(object: object, change: (value: object) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]))
}
