import { type Clock, type Environment, systemClock } from '@glia/platform'
import { CliError, UsageError } from './errors.ts'
import { mustGetJson, reach, textMember } from './http.ts'
import { AccessTokens } from './session/access-token.ts'
import { DEFAULT_PROFILE, readSession, sessionFile } from './session/session-file.ts'

/** What says which server is meant and who asks: options and environment, already merged. Empty texts count as not given. */
export interface ConnectionOptions {
  readonly profile?: string | undefined
  readonly url?: string | undefined
  readonly token?: string | undefined
}

/** A homeserver to talk to, with or without a token. */
export interface Connection {
  /** Without a slash at the end. */
  readonly baseUrl: string
  readonly hasToken: boolean
  /** A valid access token. @throws CliError when there is none */
  token(): Promise<string>
  /** Whose token it is. */
  userId(): Promise<string>
  /** `fetch` with the token, renewed once if the server does not take it any more. Only for URLs below `baseUrl`. */
  readonly fetch: typeof fetch
}

/**
 * Finds server and token: `--url` and `--token` (or GLIA_URL, GLIA_TOKEN) as far as given, else the profile's session. The token of a
 * session is only ever sent to the session's own server.
 * @throws CliError when it is not clear which server is meant
 */
export async function openConnection(options: ConnectionOptions, env: Environment, clock: Clock = systemClock): Promise<Connection> {
  const file = sessionFile(options.profile || DEFAULT_PROFILE, env)
  const session = options.url && options.token ? undefined : await readSession(file)
  const baseUrl = options.url ? homeserverUrl(options.url) : session?.server
  if (baseUrl === undefined) {
    throw new CliError(options.token ? 'which server the token is for is not known' : notLoggedIn(options.profile), {
      hints: options.token ? ['Name it with --url or GLIA_URL'] : ['Log in with: glia login URL', 'or give --url and --token'],
    })
  }
  if (options.token) return withToken(baseUrl, options.token)
  if (session?.server !== baseUrl) return withoutToken(baseUrl)
  const tokens = new AccessTokens(file, clock)
  return {
    baseUrl,
    hasToken: true,
    token: async () => (await tokens.current()).accessToken,
    userId: async () => session.userId ?? askUserId(baseUrl, (await tokens.current()).accessToken),
    fetch: async (input, init) => {
      const { accessToken } = await tokens.current()
      const response = await authorized(accessToken)(input, init)
      if (response.status !== 401 || session.refreshToken === undefined || !(await isTokenUnknown(response))) return response
      return authorized((await tokens.current(accessToken)).accessToken)(input, init)
    },
  }
}

function withToken(baseUrl: string, token: string): Connection {
  return { baseUrl, hasToken: true, token: async () => token, userId: () => askUserId(baseUrl, token), fetch: authorized(token) }
}

function withoutToken(baseUrl: string): Connection {
  const refuse = async (): Promise<never> => {
    throw new CliError(`nobody is logged in at ${baseUrl}`, { hints: [`Log in with: glia login ${baseUrl}`, 'or give --token'] })
  }
  return { baseUrl, hasToken: false, token: refuse, userId: refuse, fetch: reach }
}

function authorized(token: string): typeof fetch {
  return (input, init = {}) => {
    const headers = new Headers(init.headers)
    headers.set('authorization', `Bearer ${token}`)
    return reach(input, { ...init, headers })
  }
}

async function isTokenUnknown(response: Response): Promise<boolean> {
  const body = (await response
    .clone()
    .json()
    .catch(() => undefined)) as { errcode?: unknown } | undefined
  return body?.errcode === 'M_UNKNOWN_TOKEN'
}

/** @throws RefusedError for a token that is not good */
export async function askUserId(baseUrl: string, token: string): Promise<string> {
  const body = await mustGetJson('Whose token it is', `${baseUrl}/_matrix/client/v3/account/whoami`, { token })
  return textMember('Whose token it is', body, 'user_id')
}

function homeserverUrl(text: string): string {
  const url = URL.parse(text)
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    throw new UsageError(`${JSON.stringify(text)} is not the URL of a homeserver: it must begin with https:// or http://`)
  }
  return text.replace(/\/+$/, '')
}

function notLoggedIn(profile: string | undefined): string {
  return profile ? `nobody is logged in with the profile ${profile}` : 'nobody is logged in'
}
