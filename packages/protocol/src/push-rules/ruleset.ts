import type { UserId } from '../ids.ts'
import { defaultPushRules } from './default-rules.ts'
import { type PushAction, type PushRule, type PushRuleset, pushRuleKinds } from './types.ts'

/** What a user changed on a default rule. */
export interface DefaultRuleChange {
  enabled?: boolean | undefined
  actions?: PushAction[] | undefined
}

/**
 * All rules of a user in the order in which they are tried: within a kind the user's own before the defaults, `.m.rule.master` first of all.
 * @param ownRules in the user's order. @param changes by id of the default rule.
 */
export function buildPushRuleset(
  userId: UserId,
  ownRules: Partial<Record<keyof PushRuleset, readonly PushRule[]>> = {},
  changes: ReadonlyMap<string, DefaultRuleChange> = new Map(),
): PushRuleset {
  const ruleset = defaultPushRules(userId)
  for (const kind of pushRuleKinds) {
    const defaults = ruleset[kind].map((rule) => applyChange(rule, changes.get(rule.rule_id)))
    const first = kind === 'override' ? defaults.splice(0, 1) : []
    ruleset[kind] = [...first, ...(ownRules[kind] ?? []), ...defaults]
  }
  return ruleset
}

function applyChange(rule: PushRule, change: DefaultRuleChange | undefined): PushRule {
  if (change === undefined) return rule
  return { ...rule, enabled: change.enabled ?? rule.enabled, actions: change.actions ?? rule.actions }
}
