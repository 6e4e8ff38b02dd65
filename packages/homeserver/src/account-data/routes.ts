import { contract } from '@glia/contract'
import { type Route, route } from '@glia/http'
import type { JsonObject } from '@glia/protocol'
import { requireOwn } from '../own-user.ts'
import type { AccountData } from './account-data.ts'

export function accountDataClientRoutes(deps: { accountData: AccountData }): Route[] {
  const { accountData } = deps
  const endpoints = contract.client.accountData
  return [
    route(endpoints.getGlobal, async ({ params, requester }) => {
      const userId = requireOwn(requester, params.userId, 'Cannot get account data for other users.')
      return accountData.get(userId, undefined, params.type)
    }),
    route(endpoints.setGlobal, async ({ params, body, requester }) => {
      const userId = requireOwn(requester, params.userId, 'Cannot add account data for other users.')
      await accountData.put(userId, undefined, params.type, body as JsonObject)
      return {}
    }),
    route(endpoints.deleteGlobal, async ({ params, requester }) => {
      const userId = requireOwn(requester, params.userId, 'Cannot delete account data for other users.')
      await accountData.delete(userId, undefined, params.type)
      return {}
    }),
    route(endpoints.getForRoom, async ({ params, requester }) => {
      const userId = requireOwn(requester, params.userId, 'Cannot get account data for other users.')
      return accountData.get(userId, params.roomId, params.type)
    }),
    route(endpoints.setForRoom, async ({ params, body, requester }) => {
      const userId = requireOwn(requester, params.userId, 'Cannot add account data for other users.')
      await accountData.put(userId, params.roomId, params.type, body as JsonObject)
      return {}
    }),
    route(endpoints.deleteForRoom, async ({ params, requester }) => {
      const userId = requireOwn(requester, params.userId, 'Cannot delete account data for other users.')
      await accountData.delete(userId, params.roomId, params.type)
      return {}
    }),
    route(endpoints.getTags, async ({ params, requester }) => {
      const userId = requireOwn(requester, params.userId, 'Cannot get tags for other users.')
      return { tags: await accountData.tags(userId, params.roomId) }
    }),
    route(endpoints.setTag, async ({ params, body, requester }) => {
      const userId = requireOwn(requester, params.userId, 'Cannot add tags for other users.')
      await accountData.setTag(userId, params.roomId, params.tag, body as JsonObject)
      return {}
    }),
    route(endpoints.deleteTag, async ({ params, requester }) => {
      const userId = requireOwn(requester, params.userId, 'Cannot add tags for other users.')
      await accountData.removeTag(userId, params.roomId, params.tag)
      return {}
    }),
  ]
}
