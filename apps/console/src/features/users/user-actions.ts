import type { Client } from '@glia/client'
import { contract } from '@glia/contract'
import type { Powers } from '../../app/session/index.ts'

const { admin } = contract
const { userModeration, users, devices } = admin

/** How an account can be held back without ending it. */
export type Restriction = 'lock' | 'suspend' | 'shadow-ban'

/** Helpers lock through the endpoint of the specification; that of Synapse changes anything about an account and is for admins. */
function locksBySpec(powers: Powers): boolean {
  return powers.may(userModeration.setLocked)
}

/** Whether the account may set and lift the restriction on this server. */
export function mayRestrict(powers: Powers, restriction: Restriction): boolean {
  switch (restriction) {
    case 'lock':
      return locksBySpec(powers) || powers.may(users.putUser)
    case 'suspend':
      return powers.may(userModeration.suspendUser)
    case 'shadow-ban':
      return powers.may(userModeration.shadowBanUser)
  }
}

/** Sets a restriction on an account, or lifts it. */
export async function restrict(client: Client, powers: Powers, userId: string, restriction: Restriction, on: boolean): Promise<void> {
  switch (restriction) {
    case 'lock':
      if (locksBySpec(powers)) await client.admin.userModeration.setLocked({ params: { user_id: userId }, body: { locked: on } })
      else await client.admin.users.putUser({ params: { user_id: userId }, body: { locked: on, logout_devices: false } })
      return
    case 'suspend':
      await client.admin.userModeration.suspendUser({ params: { target_user_id: userId }, body: { suspend: on } })
      return
    case 'shadow-ban':
      if (on) await client.admin.userModeration.shadowBanUser({ params: { user_id: userId } })
      else await client.admin.userModeration.liftShadowBan({ params: { user_id: userId } })
  }
}

/** Whether the account may end all sessions of somebody. */
export function maySignOutEverywhere(powers: Powers): boolean {
  return powers.may(devices.deleteDevices) && powers.may(devices.listDevices)
}

/** Deletes all devices of an account, which ends their sessions. */
export async function signOutEverywhere(client: Client, userId: string): Promise<void> {
  const { devices: all } = await client.admin.devices.listDevices({ params: { user_id: userId } })
  if (all.length === 0) return
  await client.admin.devices.deleteDevices({ params: { user_id: userId }, body: { devices: all.map(({ device_id }) => device_id) } })
}
