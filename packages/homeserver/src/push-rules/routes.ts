import { contract, MatrixError } from '@glia/contract'
import { type Route, route } from '@glia/http'
import type { PushRules } from './push-rules.ts'

export function pushRuleClientRoutes(deps: { pushRules: PushRules }): Route[] {
  const { pushRules } = deps
  const endpoints = contract.client.pushRules
  return [
    route(endpoints.getAllPushRules, async ({ requester }) => ({ global: await pushRules.getAll(requester.userId) })),
    route(endpoints.getGlobalPushRules, async ({ requester }) => pushRules.getAll(requester.userId)),
    route(endpoints.getPushRule, async ({ params, requester }) => pushRules.get(requester.userId, params.kind, params.ruleId)),
    route(endpoints.setPushRule, async ({ params, query, body, requester }) => {
      await pushRules.put(requester.userId, params.kind, params.ruleId, body, query)
      return {}
    }),
    route(endpoints.deletePushRule, async ({ params, requester }) => {
      await pushRules.remove(requester.userId, params.kind, params.ruleId)
      return {}
    }),
    route(endpoints.getPushRuleEnabled, async ({ params, requester }) => {
      const { enabled } = await pushRules.get(requester.userId, params.kind, params.ruleId)
      return { enabled }
    }),
    route(endpoints.setPushRuleEnabled, async ({ params, body, requester }) => {
      if (body.enabled === undefined) throw new MatrixError('M_UNKNOWN', "Value for 'enabled' must be boolean")
      await pushRules.setEnabled(requester.userId, params.kind, params.ruleId, body.enabled)
      return {}
    }),
    route(endpoints.getPushRuleActions, async ({ params, requester }) => {
      const { actions } = await pushRules.get(requester.userId, params.kind, params.ruleId)
      return { actions }
    }),
    route(endpoints.setPushRuleActions, async ({ params, body, requester }) => {
      await pushRules.setActions(requester.userId, params.kind, params.ruleId, body.actions)
      return {}
    }),
  ]
}
