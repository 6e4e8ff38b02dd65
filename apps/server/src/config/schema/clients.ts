import { clientAuthMethods, readKeySet, type StaticClient } from '@glia/auth'
import { isUlid, type Secret } from '@glia/platform'
import { section } from '../section.ts'
import { type Setting, setting, type ValuesOf } from '../setting.ts'
import { checked, choice, httpUrl, listOf, optional, path, plainMap, secret, text } from '../types.ts'

const redirectUri = checked(text, (value) =>
  URL.canParse(value) && !value.includes('#') ? undefined : 'must be an absolute URI without fragment',
)

const clientFields = {
  client_id: setting(
    checked(text, (value) => (isUlid(value) ? undefined : 'must be a ULID: 26 capital letters and digits')),
    { doc: 'A ULID of your own; never change it.' },
  ),
  client_auth_method: setting(choice(...clientAuthMethods), {
    doc: 'How the client shows who it is: nothing (`none`), a secret, or something signed with a secret (`client_secret_jwt`) or a key (`private_key_jwt`).',
  }),
  client_name: setting(optional(text), { doc: 'For people.' }),
  client_uri: setting(optional(httpUrl), { doc: 'The site of the client, for people.' }),
  client_secret: setting(optional(secret), { doc: 'For the methods that need one.' }),
  client_secret_path: setting(optional(path), { doc: 'File with `client_secret`.' }),
  jwks: setting(
    optional(
      checked(plainMap, (value) => {
        const keys = readKeySet(value)
        return typeof keys === 'string' ? keys : undefined
      }),
    ),
    { doc: 'The public keys of the client, for `private_key_jwt`.' },
  ),
  jwks_uri: setting(optional(httpUrl), { doc: 'Where these keys are, in place of `jwks`.' }),
  redirect_uris: setting(listOf(redirectUri, 'a list of URIs'), {
    default: [],
    doc: 'Where the browser may be sent back to. Compared letter by letter; only the port of a loopback address is free.',
  }),
} satisfies Record<string, Setting<unknown>>

/** Settings under `glia.auth`. */
export const staticClientFields = {
  clients: setting(listOf(section(clientFields), 'a list of clients'), {
    default: [],
    doc: 'OAuth clients that need not register: docs/oauth-clients.md. Names and meaning as in MAS.',
  }),
} satisfies Record<string, Setting<unknown>>

type ClientValues = ValuesOf<typeof clientFields>

/** `readSecret` gives the secret in force of the client at a key; `refuse` is told what cannot go together. */
export function staticClients(
  values: ValuesOf<typeof staticClientFields>,
  readSecret: (key: string, inline: Secret | null, file: string | null) => Secret | null,
  refuse: (key: string, message: string) => void,
): StaticClient[] {
  const seen = new Set<string>()
  return values.clients.map((client, index) => {
    const key = `glia.auth.clients[${index}]`
    if (seen.has(client.client_id)) refuse(`${key}.client_id`, 'is the id of another client, too')
    seen.add(client.client_id)
    refuseContradictions(client, (name, message) => refuse(`${key}.${name}`, message))
    const jwks = client.jwks === null ? null : readKeySet(client.jwks)
    return {
      id: client.client_id,
      authMethod: client.client_auth_method,
      name: client.client_name,
      uri: client.client_uri,
      secret: readSecret(`${key}.client_secret`, client.client_secret, client.client_secret_path),
      jwks: typeof jwks === 'string' ? null : jwks,
      jwksUri: client.jwks_uri,
      redirectUris: client.redirect_uris.map((uri) => new URL(uri).href),
    }
  })
}

function refuseContradictions(client: ClientValues, refuse: (name: string, message: string) => void): void {
  const { client_auth_method: method } = client
  const hasSecret = client.client_secret !== null || client.client_secret_path !== null
  if (method.startsWith('client_secret_')) {
    if (!hasSecret) refuse('client_secret', `is missing: client_auth_method ${method} needs it`)
  } else if (hasSecret) refuse('client_secret', `cannot be used with client_auth_method ${method}`)
  if (method === 'private_key_jwt') {
    if ((client.jwks === null) === (client.jwks_uri === null)) refuse('jwks', 'or jwks_uri is needed with private_key_jwt: one of them')
  } else if (client.jwks !== null || client.jwks_uri !== null) refuse('jwks', `cannot be used with client_auth_method ${method}`)
}
