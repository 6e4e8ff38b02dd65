import type { Random } from '@glia/platform'
import { API_SCOPE, type OAuthClient, REDIRECT_URI } from '../support/oauth-client.ts'
import type { ApiRequest } from '../support/start-server.ts'

/** Values that are good for something somewhere, and the right use of each. */
export interface Treasury {
  readonly clients: readonly OAuthClient[]
  readonly values: string[]
  /** What the token endpoint may give tokens for: all of these fields together, once or as often as refreshing allows. */
  readonly grants: { readonly client: OAuthClient; readonly fields: Readonly<Record<string, string>>; spent: boolean }[]
}

const ODD = [
  '',
  ' ',
  '\0',
  'a\0b',
  '\uFFFF',
  '😀',
  "' OR '1'='1",
  '%00',
  '../..',
  '{"$ne":1}',
  'null',
  '-1',
  '1e309',
  'x'.repeat(5000),
  '<script>',
  '\r\nx: y',
  'mat_',
  'mar_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA_96elV4',
  '__proto__',
  'constructor',
  '01ARZ3NDEKTSV4RRFFQ69G5FAV',
  'openid',
  'urn:mas:admin',
]
const AUTHORIZATIONS = [
  '',
  'Basic',
  'Basic ====',
  'Basic Og==',
  'Bearer',
  'Bearer mat_x',
  'Basic YTpi',
  'basic !',
  'Negotiate x',
  'Basic JTAwOmI=',
]
const TOKEN_FIELDS = [
  'grant_type',
  'code',
  'code_verifier',
  'redirect_uri',
  'refresh_token',
  'device_code',
  'client_id',
  'client_secret',
  'scope',
  'client_assertion',
  'client_assertion_type',
  'username',
  'password',
]
const AUTHORIZE_FIELDS = [
  'response_type',
  'response_mode',
  'client_id',
  'redirect_uri',
  'scope',
  'state',
  'nonce',
  'prompt',
  'login_hint',
  'code_challenge',
  'code_challenge_method',
  'request',
  'request_uri',
  'registration',
]
const METADATA = [
  'client_name',
  'client_uri',
  'redirect_uris',
  'response_types',
  'grant_types',
  'token_endpoint_auth_method',
  'application_type',
  'logo_uri',
  'contacts',
  'jwks',
  'jwks_uri',
  'software_id',
  'client_name#de',
  'id_token_signed_response_alg',
  'default_max_age',
]

interface Drawn {
  readonly name: string
  readonly method: string
  readonly path: string
  readonly request: ApiRequest
}

/** Draws requests: some right but for a detail, some of anything. */
export function requestDrawer(random: Random, { values, grants, clients }: Treasury): () => Drawn {
  const pick = <T>(from: readonly T[]): T => from[random.integer(from.length)]!
  const chance = (oneIn: number) => random.integer(oneIn) === 0
  const altered = (value: string): string => {
    const at = random.integer(value.length + 1)
    return pick([value.slice(0, at), `${value.slice(0, at)}x${value.slice(at)}`, value.toUpperCase(), ` ${value}`, value.slice(1)])
  }
  const text = (): string =>
    pick([() => pick(ODD), () => pick(values), () => altered(pick(values)), () => random.text(1 + random.integer(60))])()
  // biome-ignore lint/suspicious/noExplicitAny: JSON of every shape
  const json = (depth = 0): any =>
    pick<() => unknown>([
      text,
      text,
      () => random.integer(5) - 2,
      () => null,
      () => chance(2),
      ...(depth < 3 ? [() => Array.from({ length: random.integer(4) }, () => json(depth + 1)), () => ({ [text()]: json(depth + 1) })] : []),
    ])()

  const form = (start: Readonly<Record<string, string>>, names: readonly string[]): ApiRequest => {
    const fields = Object.entries(start)
    for (let mutations = random.integer(4); mutations > 0; mutations--) {
      const at = random.integer(fields.length + 1)
      if (chance(3)) fields.splice(at, 1)
      else if (chance(2)) fields.push([pick(names), text()])
      else if (fields[at]) fields[at] = [fields[at][0], chance(2) ? altered(fields[at][1]) : text()]
    }
    const raw = new URLSearchParams(fields).toString()
    const headers: Record<string, string> = chance(20)
      ? { 'content-type': pick(['application/json', 'text/plain', 'x', 'multipart/form-data; boundary=x']) }
      : { 'content-type': 'application/x-www-form-urlencoded' }
    if (chance(10)) headers.authorization = pick(AUTHORIZATIONS)
    return { raw: chance(30) ? pick(['%', '%zz=%', '&&&', '=', JSON.stringify(json()), `${raw}&${raw}`]) : raw, headers }
  }
  const credentials = ({ clientId, secret }: OAuthClient): Record<string, string> => ({
    client_id: clientId,
    ...(secret === undefined ? {} : { client_secret: secret }),
  })
  const anyToken = (): string => pick(values)

  const draws: readonly (() => Drawn)[] = [
    () => {
      const { client, fields } = pick(grants)
      return { name: 'token', method: 'POST', path: '/oauth2/token', request: form({ ...fields, ...credentials(client) }, TOKEN_FIELDS) }
    },
    () => {
      const fields = Object.fromEntries(Array.from({ length: random.integer(6) }, () => [pick(TOKEN_FIELDS), text()]))
      return {
        name: 'token',
        method: 'POST',
        path: '/oauth2/token',
        request: form({ ...credentials(pick(clients)), ...fields }, TOKEN_FIELDS),
      }
    },
    () => {
      const body = {
        client_uri: 'https://client.example',
        redirect_uris: [REDIRECT_URI],
        token_endpoint_auth_method: 'none',
        ...Object.fromEntries(Array.from({ length: random.integer(4) }, () => [pick(METADATA), json()])),
      }
      const request: ApiRequest = chance(20) ? { raw: pick(['', '{', '[]', 'null', '"x"', '\0', '{"a":1,"a":2}']) } : { body }
      return { name: 'registration', method: 'POST', path: '/oauth2/registration', request }
    },
    () => ({
      name: 'device',
      method: 'POST',
      path: '/oauth2/device',
      request: form({ ...credentials(pick(clients)), scope: API_SCOPE }, ['scope', 'client_id', 'client_secret', 'x']),
    }),
    () => ({
      name: 'introspection',
      method: 'POST',
      path: '/oauth2/introspect',
      request: form({ ...credentials(pick(clients)), token: anyToken() }, ['token', 'token_type_hint', 'client_id', 'client_secret']),
    }),
    // of what cannot be revoked: what can would take the treasures away
    () => ({
      name: 'revocation',
      method: 'POST',
      path: '/oauth2/revoke',
      request: form({ ...credentials(pick(clients)), token: pick(ODD) }, ['token_type_hint', 'client_id', 'client_secret']),
    }),
    () => {
      const start: Record<string, string> = {
        response_type: 'code',
        client_id: pick(clients).clientId,
        redirect_uri: REDIRECT_URI,
        scope: API_SCOPE,
      }
      const query = String(form(start, AUTHORIZE_FIELDS).raw)
      return { name: 'authorization', method: 'GET', path: `/authorize?${query}`, request: {} }
    },
    () => {
      const identifier = chance(3)
        ? json()
        : { type: pick(['m.id.user', 'm.id.thirdparty', 'm.id.phone', text()]), user: text(), medium: 'email', address: text() }
      const body = {
        type: pick(['m.login.password', 'm.login.token', 'm.login.application_service', text()]),
        identifier,
        password: json(),
        token: json(),
        device_id: json(),
        refresh_token: json(),
      }
      return { name: 'login', method: 'POST', path: '/_matrix/client/v3/login', request: { body: chance(10) ? json() : body } }
    },
    () => {
      const csrf = 'x'.repeat(43)
      const request = form({ csrf, username: pick(['alice', text()]), password: text() }, ['username', 'password', 'csrf'])
      return {
        name: 'login-page',
        method: 'POST',
        path: `/login?${new URLSearchParams({ kind: text(), id: text() })}`,
        request: { ...request, headers: { ...request.headers, cookie: `glia_csrf=${csrf}` } },
      }
    },
  ]
  return () => pick(draws)()
}
