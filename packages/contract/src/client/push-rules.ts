import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { anyObject, anything, emptyObject, flag, list, optional, pathText, text } from '../fields.ts'
import { Type } from '../schema.ts'

const source = 'Client-Server API, "Push Rules"'

const pushRule = Type.Object({
  rule_id: text(),
  default: flag(),
  enabled: flag(),
  actions: list(anything()),
  conditions: optional(list(anyObject())),
  pattern: optional(text()),
})
const ruleset = Type.Object({
  override: list(pushRule),
  content: list(pushRule),
  room: list(pushRule),
  sender: list(pushRule),
  underride: list(pushRule),
})
const ruleParams = { kind: pathText(), ruleId: pathText() }

export const getAllPushRules = endpoint({
  id: 'client.push_rules.get_all',
  method: 'GET',
  path: '/_matrix/client/v3/pushrules/',
  surface: 'client',
  access: access.user,
  summary: 'All push rules of the user, by scope',
  source,
  response: Type.Object({ global: ruleset }),
})

export const getGlobalPushRules = endpoint({
  id: 'client.push_rules.get_global',
  method: 'GET',
  path: '/_matrix/client/v3/pushrules/global/',
  surface: 'client',
  access: access.user,
  summary: 'All push rules of the user',
  source,
  response: ruleset,
})

export const getPushRule = endpoint({
  id: 'client.push_rules.get',
  method: 'GET',
  path: '/_matrix/client/v3/pushrules/global/{kind}/{ruleId}',
  surface: 'client',
  access: access.user,
  summary: 'One push rule',
  source,
  params: ruleParams,
  response: pushRule,
  errors: ['M_NOT_FOUND', 'M_UNRECOGNIZED'],
})

export const setPushRule = endpoint({
  id: 'client.push_rules.set',
  method: 'PUT',
  path: '/_matrix/client/v3/pushrules/global/{kind}/{ruleId}',
  surface: 'client',
  access: access.user,
  summary: "Adds or replaces one of the user's own push rules",
  source,
  params: ruleParams,
  query: { before: optional(text()), after: optional(text()) },
  // wrong values are refused by the operation, in Synapse's words
  body: { actions: optional(anything()), conditions: optional(anything()), pattern: optional(anything()) },
  maxBodyBytes: 64 * 1024,
  response: emptyObject,
  errors: ['M_UNKNOWN', 'M_TOO_LARGE'],
})

export const deletePushRule = endpoint({
  id: 'client.push_rules.delete',
  method: 'DELETE',
  path: '/_matrix/client/v3/pushrules/global/{kind}/{ruleId}',
  surface: 'client',
  access: access.user,
  summary: "Removes one of the user's own push rules",
  source,
  params: ruleParams,
  response: emptyObject,
  errors: ['M_NOT_FOUND', 'M_UNRECOGNIZED'],
})

export const getPushRuleEnabled = endpoint({
  id: 'client.push_rules.get_enabled',
  method: 'GET',
  path: '/_matrix/client/v3/pushrules/global/{kind}/{ruleId}/enabled',
  surface: 'client',
  access: access.user,
  summary: 'Whether a push rule is in force',
  source,
  params: ruleParams,
  response: Type.Object({ enabled: flag() }),
  errors: ['M_NOT_FOUND', 'M_UNRECOGNIZED'],
})

export const setPushRuleEnabled = endpoint({
  id: 'client.push_rules.set_enabled',
  method: 'PUT',
  path: '/_matrix/client/v3/pushrules/global/{kind}/{ruleId}/enabled',
  surface: 'client',
  access: access.user,
  summary: 'Switches a push rule on or off',
  source,
  params: ruleParams,
  body: { enabled: optional(flag({ errcode: 'M_UNKNOWN', error: "Value for 'enabled' must be boolean" })) },
  response: emptyObject,
  errors: ['M_NOT_FOUND', 'M_UNKNOWN'],
})

export const getPushRuleActions = endpoint({
  id: 'client.push_rules.get_actions',
  method: 'GET',
  path: '/_matrix/client/v3/pushrules/global/{kind}/{ruleId}/actions',
  surface: 'client',
  access: access.user,
  summary: 'What a push rule does',
  source,
  params: ruleParams,
  response: Type.Object({ actions: list(anything()) }),
  errors: ['M_NOT_FOUND', 'M_UNRECOGNIZED'],
})

export const setPushRuleActions = endpoint({
  id: 'client.push_rules.set_actions',
  method: 'PUT',
  path: '/_matrix/client/v3/pushrules/global/{kind}/{ruleId}/actions',
  surface: 'client',
  access: access.user,
  summary: 'Changes what a push rule does',
  source,
  params: ruleParams,
  body: { actions: optional(anything()) },
  maxBodyBytes: 64 * 1024,
  response: emptyObject,
  errors: ['M_NOT_FOUND', 'M_UNKNOWN', 'M_TOO_LARGE'],
})
