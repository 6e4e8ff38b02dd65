import { contract, MatrixError, openApiDocument } from '@glia/contract'
import type { Database } from '@glia/database'
import { Reply, type Route, route } from '@glia/http'
import { capabilities, type Features, supportedVersions } from './capabilities.ts'
import { supportInformation } from './well-known.ts'

export interface SystemRoutesOptions {
  readonly database: Database<unknown>
  /** With a slash at the end; asked for at each request, since the port may be known only after listening. */
  readonly publicBaseUrl: () => string
  readonly version: string
  readonly defaultRoomVersion: string
  readonly passwordChangeEnabled: boolean
  /** `mailto:…`, a user id or a URL. */
  readonly adminContact: string | undefined
  /** What `/.well-known/matrix/client` has besides; what the server says there itself wins. */
  readonly extraWellKnown: Readonly<Record<string, unknown>>
  /** Ways for group calls (MSC4143). */
  readonly rtcTransports: readonly Readonly<Record<string, unknown>>[]
  /** What depends on the configuration. */
  readonly features: Features
  readonly threepidChangesEnabled: boolean
  readonly loginTokensEnabled: boolean
}

/** What the server is and can do. */
export function systemRoutes(options: SystemRoutesOptions): Route[] {
  const { client, admin, glia } = contract
  return [
    route(client.system.getVersions, async () => supportedVersions(options.features)),
    route(client.system.getCapabilities, async ({ requester }) => ({
      capabilities: capabilities({
        defaultRoomVersion: options.defaultRoomVersion,
        // a token from OAuth cannot pass the interactive authentication that these ask for
        passwordChangeEnabled: options.passwordChangeEnabled && requester.origin === 'legacy',
        loginTokensEnabled: options.loginTokensEnabled && requester.origin === 'legacy',
        threepidChangesEnabled: options.threepidChangesEnabled && requester.origin === 'legacy',
        isAdmin: requester.isAdmin,
      }),
    })),
    route(client.system.getClientWellKnown, async () => {
      const base = options.publicBaseUrl()
      return {
        ...options.extraWellKnown,
        'm.homeserver': { base_url: base },
        'org.matrix.msc2965.authentication': { issuer: base, account: `${base}account/` },
        ...(options.rtcTransports.length > 0 ? { 'org.matrix.msc4143.rtc_foci': [...options.rtcTransports] } : {}),
      }
    }),
    route(client.system.getSupport, async () => {
      if (options.adminContact === undefined) throw new MatrixError('M_NOT_FOUND', 'No contact is configured')
      return supportInformation(options.adminContact)
    }),
    route(admin.server.getServerVersion, async () => ({ server_version: options.version })),
    route(glia.apiDescription.getOpenApi, async () =>
      openApiDocument({ version: options.version, serverUrl: options.publicBaseUrl().replace(/\/$/, '') }),
    ),
    healthRoute(options.database),
  ]
}

/** Whether the server runs and reaches its database. */
export function healthRoute(database: Database<unknown>): Route {
  return route(contract.glia.health.getHealth, async () => {
    await database.currentPosition()
    return new Reply(200, { 'content-type': 'text/plain' }, 'OK')
  })
}
