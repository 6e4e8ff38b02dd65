import { contract } from '@glia/contract'
import type { Connection } from '../connection.ts'
import { callEndpoint } from '../contract-commands/call-endpoint.ts'
import { CliError, RefusedError } from '../errors.ts'
import type { AccountPlace } from './account-place.ts'

const { getUser, putUser, resetPassword, setUserAdmin } = contract.admin.users

/** Looks after accounts over the Admin API. */
export function remoteAccounts(connection: Connection): AccountPlace {
  const idOf = async (name: string): Promise<string> => {
    if (name.startsWith('@')) return name
    const own = await connection.userId()
    return `@${name}${own.slice(own.indexOf(':'))}`
  }
  const exists = async (userId: string): Promise<boolean> => {
    try {
      await callEndpoint(connection, getUser, { params: { user_id: userId }, query: {}, body: {} })
      return true
    } catch (error) {
      if (error instanceof RefusedError && error.status === 404) return false
      throw error
    }
  }
  const existing = async (name: string): Promise<string> => {
    const userId = await idOf(name)
    if (!(await exists(userId))) throw new CliError(`there is no ${userId}`)
    return userId
  }

  return {
    description: connection.baseUrl,
    async create({ name, password, displayName, isAdmin }) {
      const userId = await idOf(name)
      if (await exists(userId)) throw new CliError(`there is a ${userId} already (M_USER_IN_USE)`)
      const body = { password, admin: isAdmin, ...(displayName === undefined ? {} : { displayname: displayName }) }
      await callEndpoint(connection, putUser, { params: { user_id: userId }, query: {}, body })
      return userId
    },
    async setPassword(name, password, { keepSessions }) {
      const userId = await existing(name)
      const body = { new_password: password, logout_devices: !keepSessions }
      await callEndpoint(connection, resetPassword, { params: { target_user_id: userId }, query: {}, body })
      return userId
    },
    async setAdmin(name, isAdmin) {
      const userId = await existing(name)
      await callEndpoint(connection, setUserAdmin, { params: { user_id: userId }, query: {}, body: { admin: isAdmin } })
      return userId
    },
    async close() {},
  }
}
