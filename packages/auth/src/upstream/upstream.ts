import type { Database } from '@glia/database'
import type { Clock, Outbound, Random } from '@glia/platform'
import type { HomeserverLink } from '../homeserver-link.ts'
import type { AuthSchema } from '../schema.ts'
import { readIdentity, type UpstreamIdentity, UpstreamRefusal } from './identity.ts'
import { createUpstreamLinks, type UpstreamLinks } from './links.ts'
import { externalNameOf, type UpstreamProvider } from './provider.ts'
import { createProviderClient, type ProviderClient } from './provider-client.ts'
import { createUpstreamSignIns, type UpstreamSignIns } from './sign-ins.ts'

/** What the way back from a provider carries. */
export interface UpstreamAnswer {
  readonly state?: string | undefined
  readonly code?: string | undefined
  readonly iss?: string | undefined
  readonly error?: string | undefined
  readonly error_description?: string | undefined
}

/** Signing in through identity providers. `Continuation` is what the person was about to do. */
export interface Upstream<Continuation> {
  readonly links: UpstreamLinks
  readonly signIns: UpstreamSignIns<Continuation>
  /** Those that are switched on, in the order of the configuration. */
  readonly providers: readonly UpstreamProvider[]
  /** @param name its id, or what Synapse called it */
  find(name: string): UpstreamProvider | undefined
  /** @returns where the browser goes @throws UpstreamFailure */
  begin(request: {
    provider: UpstreamProvider
    browser: string
    continuation: Continuation
    loginHint: string | undefined
  }): Promise<string>
  /** @throws UpstreamRefusal (also: unknown, used or too old), UpstreamFailure */
  finish(
    provider: UpstreamProvider,
    answer: UpstreamAnswer,
    browser: string,
  ): Promise<{ id: string; identity: UpstreamIdentity; continuation: Continuation }>
  clientOf(provider: UpstreamProvider): ProviderClient
  /** Writes the providers of the configuration into the database. */
  start(): Promise<void>
}

export interface UpstreamDeps {
  readonly database: Database<AuthSchema>
  readonly homeserver: HomeserverLink
  readonly outbound: Outbound
  readonly clock: Clock
  readonly random: Random
  readonly providers: readonly UpstreamProvider[]
  readonly issuer: () => string
}

const SECRET_LENGTH = 32

export function createUpstream<Continuation>(deps: UpstreamDeps): Upstream<Continuation> {
  const { database, clock, random } = deps
  const providers = deps.providers.filter(({ isEnabled }) => isEnabled)
  const links = createUpstreamLinks(deps)
  const signIns = createUpstreamSignIns<Continuation>({ database: database.as(), clock, random })
  const clients = new Map(providers.map((provider) => [provider.id, createProviderClient({ ...deps, provider })]))
  const redirectUriOf = (provider: UpstreamProvider) => `${deps.issuer()}upstream/callback/${provider.id}`
  const clientOf = (provider: UpstreamProvider) => clients.get(provider.id)!
  return {
    links,
    signIns,
    providers,
    clientOf,
    find: (name) => providers.find((provider) => provider.id === name || externalNameOf(provider) === name),
    async begin({ provider, browser, continuation, loginHint }) {
      const state = random.text(SECRET_LENGTH)
      const nonce = random.text(SECRET_LENGTH)
      const redirectUri = redirectUriOf(provider)
      const { location, codeVerifier } = await clientOf(provider).begin({ redirectUri, state, nonce, loginHint })
      await signIns.begin({ providerId: provider.id, browser, state, nonce, codeVerifier, continuation })
      return location
    },
    async finish(provider, answer, browser) {
      const { state } = answer
      const begun = state === undefined ? undefined : await signIns.takeReturn({ providerId: provider.id, browser, state })
      if (state === undefined || !begun) {
        throw new UpstreamRefusal('This took too long, was used already, or was begun in another browser. Start again.')
      }
      const callback = new URL(redirectUriOf(provider))
      for (const [name, value] of Object.entries(answer)) if (value !== undefined) callback.searchParams.set(name, value)
      const { nonce, codeVerifier } = begun
      const identity = readIdentity(provider, await clientOf(provider).exchange({ callback, state, nonce, codeVerifier }))
      await signIns.keepIdentity(begun.id, identity)
      return { id: begun.id, identity, continuation: begun.continuation }
    },
    start: () => database.transaction((tx) => links.configure(tx, deps.providers)),
  }
}
