import { contract } from '@glia/contract'
import { isUlid } from '@glia/platform'
import type { Connection } from '../connection.ts'
import { callEndpoint, type EndpointInput } from './call-endpoint.ts'

interface Item {
  readonly id: string
  readonly attributes: Readonly<Record<string, unknown>>
}

/** An answer of MAS's Admin API; see JSON:API. */
export interface AuthDocument {
  readonly data?: Item | readonly Item[]
  readonly meta?: { readonly count?: number }
  readonly links?: { readonly next?: string }
}

/** Fields that hold the id of an account. */
const ACCOUNT = /^(filter\[((actor|owner)_)?user\]|(actor_)?user_id)$/

/** Accounts have ids of their own in MAS's Admin API; names, and ids of the Matrix users, are more handy. */
export async function accountId(connection: Connection, name: string): Promise<string> {
  if (isUlid(name)) return name
  const username = name.startsWith('@') ? name.slice(1).split(':')[0]! : name
  const { getUserByUsername } = contract.authAdmin.users
  const { data } = (await callEndpoint(connection, getUserByUsername, { params: { username }, query: {}, body: {} })) as { data: Item }
  return data.id
}

/** Puts ids in the place of names where accounts are meant. @param path of the endpoint */
export async function withAccountIds(connection: Connection, path: string, input: EndpointInput): Promise<EndpointInput> {
  const inFields = async (fields: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(
      await Promise.all(
        Object.entries(fields).map(async ([name, value]) => [
          name,
          ACCOUNT.test(name) && typeof value === 'string' ? await accountId(connection, value) : value,
        ]),
      ),
    )
  const { id } = input.params
  const isOfAccount = id !== undefined && path.startsWith('/api/admin/v1/users/{id}')
  return {
    params: isOfAccount ? { ...input.params, id: await accountId(connection, id) } : input.params,
    query: await inFields(input.query),
    body: await inFields(input.body),
  }
}

/** The same as a table or a list of fields can show it: ids and attributes. */
export function plain(answer: unknown): unknown {
  const { data, meta } = (answer ?? {}) as AuthDocument
  const fields = ({ id, attributes }: Item) => ({ id, ...attributes })
  if (Array.isArray(data)) return { items: (data as Item[]).map(fields), ...(meta?.count === undefined ? {} : { total: meta.count }) }
  if (data) return fields(data as Item)
  return meta?.count === undefined ? answer : { total: meta.count }
}

/** Calls a list until its last page and puts the pages together. */
export async function callAllResources(
  connection: Connection,
  endpoint: Parameters<typeof callEndpoint>[1],
  input: EndpointInput,
): Promise<AuthDocument & { data: Item[] }> {
  const data: Item[] = []
  let query = input.query
  for (;;) {
    const page = (await callEndpoint(connection, endpoint, { ...input, query })) as AuthDocument & { data: Item[] }
    data.push(...page.data)
    if (page.links?.next === undefined) return { ...page, data }
    query = { ...query, 'page[after]': page.data.at(-1)!.id }
  }
}
