import { timingSafeEqual } from 'node:crypto'
import { type AnyEndpoint, contract, MatrixError } from '@glia/contract'
import type { Transaction } from '@glia/database'
import { type Handler, type HandlerInput, Reply, type Route, route } from '@glia/http'
import type { Secret } from '@glia/platform'
import { type DeviceId, makeUserId, type ServerName, type UserId } from '@glia/protocol'
import type { DehydratedDevices } from '../dehydrated-devices/index.ts'
import type { Devices } from '../devices/index.ts'
import type { Keys } from '../keys/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import type { UserDeactivation, UserRecord } from '../users/index.ts'
import { type ProvisionUserDeps, provisionUser } from './provision-user.ts'

const RESET_MS = 10 * 60_000

export interface ProvisioningDeps extends ProvisionUserDeps {
  readonly serverName: ServerName
  /** What the auth service shows. Undefined: there is none but our own, and nothing of this. */
  readonly secret: Secret | undefined
  readonly devices: Devices
  readonly deactivation: UserDeactivation
  readonly dehydratedDevices: Pick<DehydratedDevices, 'find'>
  readonly keys: Pick<Keys, 'allowCrossSigningReset'>
  /** Tokens of these devices may be good no more. */
  readonly forgetTokens: (userId: UserId) => void
}

/** What an auth service elsewhere tells this homeserver. */
export function provisioningRoutes(deps: ProvisioningDeps): Route[] {
  const { database, users, devices, deactivation, profiles, serverName } = deps
  const api = contract.provisioning

  const guarded = <E extends AnyEndpoint>(endpoint: E, handler: Handler<E>): Route =>
    route(endpoint, (async (input: HandlerInput<E>) => {
      checkSecret(deps.secret, input.request.headers.authorization)
      return handler(input)
    }) as Handler<E>)

  const userIdOf = (localpart: string): UserId => makeUserId(localpart, serverName)
  const find = async (localpart: string): Promise<UserRecord> => {
    const user = await users.find(userIdOf(localpart))
    if (!user) throw new MatrixError('M_NOT_FOUND', 'User not found')
    return user
  }
  const change = (work: (tx: Transaction<HomeserverSchema>) => Promise<unknown>) => database.transaction(work)

  return [
    guarded(api.users.queryUser, async ({ query }) => {
      const user = await find(query.localpart)
      return {
        user_id: user.userId,
        display_name: user.displayName ?? null,
        avatar_url: user.avatarUrl ?? null,
        is_suspended: user.isSuspended,
        is_deactivated: user.isDeactivated,
      }
    }),
    guarded(api.users.checkLocalpart, async ({ query }) => {
      await users.checkLocalpartAvailable(query.localpart)
      return {}
    }),
    guarded(api.users.provisionUser, async ({ body }) => {
      const isNew = await provisionUser(deps, userIdOf(body.localpart), {
        localpart: body.localpart,
        displayName: wantedOf('displayname', body.set_displayname, body.unset_displayname),
        avatarUrl: wantedOf('avatar_url', body.set_avatar_url, body.unset_avatar_url),
        emails: wantedOf('emails', body.set_emails, body.unset_emails) === null ? [] : body.set_emails,
        isLocked: body.locked,
      })
      return Reply.json(isNew ? 201 : 200, {})
    }),
    guarded(api.users.deleteUser, async ({ body }) => {
      const { userId } = await find(body.localpart)
      await deactivation.deactivate(userId, { erase: body.erase })
      deps.forgetTokens(userId)
      return {}
    }),
    guarded(api.users.reactivateUser, async ({ body }) => {
      const { userId } = await find(body.localpart)
      await change((tx) => users.update(tx, userId, { deactivated: 0, erased: 0 }))
      return {}
    }),
    guarded(api.users.setDisplayName, async ({ body }) => {
      await profiles.setField((await find(body.localpart)).userId, 'displayname', body.displayname)
      return {}
    }),
    guarded(api.users.unsetDisplayName, async ({ body }) => {
      await profiles.setField((await find(body.localpart)).userId, 'displayname', '')
      return {}
    }),
    guarded(api.users.allowCrossSigningReset, async ({ body }) => {
      const { userId } = await find(body.localpart)
      await change((tx) => deps.keys.allowCrossSigningReset(tx, userId, deps.clock.nowMs() + RESET_MS))
      return {}
    }),

    guarded(api.devices.upsertDevice, async ({ body }) => {
      const { userId } = await find(body.localpart)
      const { isNew } = await database.transaction((tx) =>
        devices.upsert(tx, { userId, deviceId: body.device_id as DeviceId, displayName: body.display_name }),
      )
      return Reply.json(isNew ? 201 : 200, {})
    }),
    guarded(api.devices.renameDevice, async ({ body }) => {
      await devices.rename((await find(body.localpart)).userId, body.device_id as DeviceId, body.display_name)
      return {}
    }),
    guarded(api.devices.deleteDevice, async ({ body }) => {
      const { userId } = await find(body.localpart)
      await change((tx) => devices.remove(tx, userId, [body.device_id as DeviceId]))
      deps.forgetTokens(userId)
      return Reply.empty()
    }),
    guarded(api.devices.syncDevices, async ({ body }) => {
      const { userId } = await find(body.localpart)
      const kept = new Set([...body.devices, (await deps.dehydratedDevices.find(userId))?.deviceId])
      const extra = (await devices.list(userId)).map(({ deviceId }) => deviceId).filter((deviceId) => !kept.has(deviceId))
      await change(async (tx) => {
        for (const deviceId of body.devices) await devices.upsert(tx, { userId, deviceId: deviceId as DeviceId, displayName: undefined })
        await devices.remove(tx, userId, extra)
      })
      deps.forgetTokens(userId)
      return {}
    }),
  ]
}

/** @returns null: to be taken away; undefined: to be left @throws MatrixError M_INVALID_PARAM for both at once */
function wantedOf<T>(name: string, set: T | undefined, unset: boolean | undefined): T | null | undefined {
  if (set !== undefined && unset)
    throw new MatrixError('M_INVALID_PARAM', `Cannot specify both unset_${name} and set_${name}`, { status: 400 })
  return unset ? null : set
}

/** @throws MatrixError M_UNRECOGNIZED where there is no such auth service, M_MISSING_TOKEN, M_UNKNOWN (403) for another secret */
function checkSecret(secret: Secret | undefined, header: string | string[] | undefined): void {
  if (secret === undefined) throw new MatrixError('M_UNRECOGNIZED', 'Unrecognized request', { status: 404 })
  if (header === undefined) throw new MatrixError('M_MISSING_TOKEN', 'Missing access token')
  const [given, expected] = [Buffer.from(String(header)), Buffer.from(`Bearer ${secret.reveal()}`)]
  if (given.length === expected.length && timingSafeEqual(given, expected)) return
  throw new MatrixError('M_UNKNOWN', 'This endpoint must only be called by the auth service', { status: 403 })
}
