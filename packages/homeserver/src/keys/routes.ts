import { contract, MatrixError } from '@glia/contract'
import type { Database } from '@glia/database'
import { Reply, type Requester, type Route, route } from '@glia/http'
import { type DeviceId, isJsonObject, isUserId, type JsonObject, type ServerName, serverNameOf, type UserId } from '@glia/protocol'
import type { AuthLink } from '../auth-link.ts'
import type { HomeserverSchema } from '../schema.ts'
import { deviceListUpdates } from './device-list-updates.ts'
import type { Keys } from './keys.ts'

export interface KeyRoutesOptions {
  readonly database: Database<HomeserverSchema>
  readonly keys: Keys
  readonly serverName: ServerName
  /** Asked for late: the auth service is built after the homeserver. */
  readonly auth: () => AuthLink
  /** Where people manage their account; a link for approving new cross-signing keys is made of it. */
  readonly accountManagementUrl: () => string
  /** The change position that a sync token stands for. @throws MatrixError for what is no token */
  readonly positionOfToken: (token: string) => number
}

export function keyClientRoutes(options: KeyRoutesOptions): Route[] {
  const { database, keys, serverName } = options
  const endpoints = contract.client.keys
  return [
    route(endpoints.uploadKeys, async ({ body, requester }) => {
      const counts = await keys.upload(requester.userId, requireDevice(requester), {
        deviceKeys: body.device_keys as JsonObject | undefined,
        oneTimeKeys: body.one_time_keys,
        fallbackKeys: body.fallback_keys,
      })
      return { one_time_key_counts: counts }
    }),
    route(endpoints.queryKeys, async ({ body, requester }) => {
      const { local, failures } = splitByServer(body.device_keys, serverName)
      const found = await keys.query(requester.userId, local)
      return {
        device_keys: found.deviceKeys,
        failures,
        master_keys: found.masterKeys,
        self_signing_keys: found.selfSigningKeys,
        user_signing_keys: found.userSigningKeys,
      }
    }),
    route(endpoints.claimKeys, async ({ body }) => {
      const { local, failures } = splitByServer(body.one_time_keys, serverName)
      const wanted = [...local].flatMap(([userId, devices]) =>
        Object.entries(devices).map(([deviceId, algorithm]) => ({ userId, deviceId: deviceId as DeviceId, algorithm })),
      )
      const claimed = new Map<UserId, [string, Record<string, unknown>][]>()
      for (const { userId, deviceId, algorithm, keyId, key } of await keys.claim(wanted)) {
        claimed.set(userId, [...(claimed.get(userId) ?? []), [deviceId, { [`${algorithm}:${keyId}`]: key }]])
      }
      return {
        one_time_keys: Object.fromEntries([...claimed].map(([userId, devices]) => [userId, Object.fromEntries(devices)])),
        failures,
      }
    }),
    route(endpoints.getKeyChanges, async ({ query, requester }) => {
      const since = options.positionOfToken(query.from)
      // as in Synapse, `to` is only checked: what changed later is told too, and does no harm
      if (query.to !== undefined) options.positionOfToken(query.to)
      return deviceListUpdates(database.read, requester.userId, since, await database.currentPosition())
    }),
    route(endpoints.uploadCrossSigningKeys, async ({ body, requester }) => {
      const upload = {
        master: body.master_key as JsonObject | undefined,
        self_signing: body.self_signing_key as JsonObject | undefined,
        user_signing: body.user_signing_key as JsonObject | undefined,
      }
      if (await keys.uploadCrossSigning(requester.userId, upload, false)) return {}
      if (requester.origin === 'oauth' || requester.origin === 'personal') return approvalNeeded(options.accountManagementUrl())
      await options.auth().confirmIdentity(requester, body.auth, 'replace cross-signing keys')
      await keys.uploadCrossSigning(requester.userId, upload, true)
      return {}
    }),
    route(endpoints.uploadSignatures, async ({ body, requester }) => {
      const upload = new Map<string, JsonObject>()
      for (const [userId, targets] of Object.entries(body)) {
        if (!isJsonObject(targets)) throw new MatrixError('M_INVALID_PARAM', 'Invalid parameter')
        upload.set(userId, targets)
      }
      const failures = await keys.uploadSignatures(requester.userId, upload)
      return {
        failures: Object.fromEntries(
          [...failures].map(([userId, errors]) => [
            userId,
            Object.fromEntries([...errors].map(([id, error]) => [id, { status: error.status, ...error.toWire() }])),
          ]),
        ),
      }
    }),
  ]
}

function requireDevice(requester: Requester): DeviceId {
  if (requester.deviceId === undefined) {
    throw new MatrixError('M_UNKNOWN', 'To upload keys, you must pass device_id when authenticating')
  }
  return requester.deviceId
}

/** Users of other servers cannot be asked: each such server is told as failed. */
function splitByServer<T>(
  users: { [userId: string]: T },
  serverName: ServerName,
): { local: Map<UserId, T>; failures: { [server: string]: Record<string, unknown> } } {
  const local = new Map<UserId, T>()
  const failures: { [server: string]: Record<string, unknown> } = {}
  for (const [userId, value] of Object.entries(users)) {
    if (!isUserId(userId)) throw new MatrixError('M_INVALID_PARAM', `${userId} is not a valid user ID`)
    const server = serverNameOf(userId)
    if (server === serverName) local.set(userId, value)
    else failures[server] = { status: 403, errcode: 'M_FORBIDDEN', error: `Federation denied with ${server}.` }
  }
  return { local, failures }
}

/**
 * Tokens of the OAuth API cannot pass user-interactive authentication: the person approves the change on the account page, then the same
 * request succeeds (Client-Server API v1.17, stage `m.oauth`; the second name is for older clients).
 */
function approvalNeeded(accountManagementUrl: string): Reply {
  const url = new URL(accountManagementUrl)
  url.searchParams.set('action', 'org.matrix.cross_signing_reset')
  const stages = ['m.oauth', 'org.matrix.cross_signing_reset']
  return Reply.json(401, {
    session: 'dummy',
    flows: stages.map((stage) => ({ stages: [stage] })),
    params: Object.fromEntries(stages.map((stage) => [stage, { url: url.href }])),
    completed: [],
    msg: `To reset your end-to-end encryption cross-signing identity, you first need to approve it at ${url.href} and then go back and try again.`,
  })
}
