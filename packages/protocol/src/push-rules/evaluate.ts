import { eventMatches, isConditionMet, type PushableEvent, type PushContext } from './conditions.ts'
import { type PushAction, type PushRule, type PushRuleKind, type PushRuleset, pushRuleKinds } from './types.ts'

/** What the rules say about one event for one user. */
export interface PushResult {
  notify: boolean
  highlight: boolean
  /** The sound to play, such as `default` or `ring`; absent for none. */
  sound?: string
  /** The actions of the rule that decided; empty where none did. For pushers and `/notifications`. */
  actions: PushAction[]
}

const nothing: PushResult = { notify: false, highlight: false, actions: [] }

/** Rules from before intentional mentions; events that have `m.mentions` say themselves whom they mention. */
const legacyMentionRules = new Set(['.m.rule.contains_display_name', '.m.rule.contains_user_name', '.m.rule.roomnotif'])

/**
 * Finds the first enabled rule that matches and reads its actions. A user's own events never notify.
 * Source: Client-Server API, "Push Rules".
 */
export function evaluatePushRules(ruleset: PushRuleset, event: PushableEvent, context: PushContext): PushResult {
  if (event.sender === context.userId) return nothing
  const hasMentions = event.content['m.mentions'] !== undefined
  for (const kind of pushRuleKinds) {
    for (const rule of ruleset[kind]) {
      if (!rule.enabled || (hasMentions && legacyMentionRules.has(rule.rule_id))) continue
      if (isRuleMet(kind, rule, event, context)) return readActions(rule.actions)
    }
  }
  return nothing
}

function isRuleMet(kind: PushRuleKind, rule: PushRule, event: PushableEvent, context: PushContext): boolean {
  switch (kind) {
    case 'content':
      return rule.pattern !== undefined && eventMatches(event, 'content.body', rule.pattern)
    case 'room':
      return event.room_id === rule.rule_id
    case 'sender':
      return event.sender === rule.rule_id
    default:
      return (rule.conditions ?? []).every((condition) => isConditionMet(condition, event, context))
  }
}

/** Reads a rule's actions; `dont_notify`, `coalesce` and unknown ones mean nothing. */
export function readActions(actions: PushAction[]): PushResult {
  const result: PushResult = { notify: actions.includes('notify'), highlight: false, actions }
  for (const action of actions) {
    if (typeof action === 'string') continue
    if (action.set_tweak === 'highlight') result.highlight = action.value !== false
    if (action.set_tweak === 'sound' && typeof action.value === 'string') result.sound = action.value
  }
  return result
}
