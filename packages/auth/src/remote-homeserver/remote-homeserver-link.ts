import type { AnyTransaction, Database } from '@glia/database'
import { localpartOf, type UserId } from '@glia/protocol'
import type { HomeserverLink } from '../homeserver-link.ts'
import type { HomeserverCalls } from './homeserver-calls.ts'
import type { HomeserverConnection } from './homeserver-connection.ts'
import type { HomeserverCallTables } from './tables.ts'

/**
 * The homeserver when it is another program: accounts and their devices are kept in `local`, as this service wants them, and the homeserver
 * is told of every change. It is told what it has to know of a user before it hears that a token of theirs is good: see `HomeserverCalls`.
 */
export function createRemoteHomeserverLink(deps: {
  local: HomeserverLink
  database: Database<HomeserverCallTables>
  calls: HomeserverCalls
  connection: HomeserverConnection
}): HomeserverLink {
  const { local, database, calls, connection } = deps
  const tell = (tx: AnyTransaction, userId: UserId, operation: Parameters<HomeserverCalls['add']>[2], body: object = {}) =>
    calls.add(tx, userId, operation, { localpart: localpartOf(userId), ...body })
  /** E-mail addresses are told as they are after the change. */
  const tellEmails = async (tx: AnyTransaction, userId: UserId, change: { added?: string; removed?: string }) => {
    const before = (await local.listThreepids(userId)).filter(({ medium }) => medium === 'email').map(({ address }) => address)
    const after = new Set([...before, ...(change.added === undefined ? [] : [change.added])])
    if (change.removed !== undefined) after.delete(change.removed)
    await tell(tx, userId, 'provision_user', after.size > 0 ? { set_emails: [...after] } : { unset_emails: true })
  }

  return {
    serverName: local.serverName,
    findUser: (userId) => local.findUser(userId),
    hasDevice: (userId, deviceId) => local.hasDevice(userId, deviceId),
    hasAdmin: (db) => local.hasAdmin(db),
    setAdmin: (tx, userId, isAdmin) => local.setAdmin(tx, userId, isAdmin),
    findUserByThreepid: (medium, address) => local.findUserByThreepid(medium, address),
    listThreepids: (userId) => local.listThreepids(userId),
    addExternalId: (tx, userId, id) => local.addExternalId(tx, userId, id),
    removeExternalId: (tx, id) => local.removeExternalId(tx, id),
    listExternalIds: (db, authProvider) => local.listExternalIds(db, authProvider),
    async checkLocalpartAvailable(localpart) {
      await local.checkLocalpartAvailable(localpart)
      await connection.checkLocalpartAvailable(localpart)
    },
    async createUser(tx, user) {
      const userId = await local.createUser(tx, user)
      await tell(tx, userId, 'provision_user', {
        ...(user.displayName === undefined ? {} : { set_displayname: user.displayName }),
        ...(user.avatarUrl === undefined ? {} : { set_avatar_url: user.avatarUrl }),
        locked: false,
      })
      return userId
    },
    async upsertDevice(tx, device) {
      await local.upsertDevice(tx, device)
      const { userId, deviceId, displayName } = device
      await tell(tx, userId, 'upsert_device', { device_id: deviceId, ...(displayName === undefined ? {} : { display_name: displayName }) })
    },
    async deleteDevices(tx, userId, deviceIds) {
      await local.deleteDevices(tx, userId, deviceIds)
      for (const deviceId of deviceIds) await tell(tx, userId, 'delete_device', { device_id: deviceId })
    },
    async deleteAllDevices(tx, userId, options) {
      await local.deleteAllDevices(tx, userId, options)
      await tell(tx, userId, 'sync_devices', { devices: options.exceptDeviceId === undefined ? [] : [options.exceptDeviceId] })
    },
    async deactivateUser(userId, options) {
      await local.deactivateUser(userId, options)
      await database.transaction((tx) => tell(tx, userId, 'delete_user', { erase: options.erase }))
    },
    async reactivateUser(tx, userId) {
      await local.reactivateUser(tx, userId)
      await tell(tx, userId, 'reactivate_user')
    },
    async setLocked(tx, userId, isLocked) {
      await local.setLocked(tx, userId, isLocked)
      await tell(tx, userId, 'provision_user', { locked: isLocked })
    },
    /** The homeserver notes itself when its users are active. */
    recordActivity() {},
    async addThreepid(tx, userId, threepid) {
      await local.addThreepid(tx, userId, threepid)
      if (threepid.medium === 'email') await tellEmails(tx, userId, { added: threepid.address })
    },
    async removeThreepid(tx, userId, threepid) {
      const isRemoved = await local.removeThreepid(tx, userId, threepid)
      if (isRemoved && threepid.medium === 'email') await tellEmails(tx, userId, { removed: threepid.address })
      return isRemoved
    },
  }
}
