import { MatrixError } from '@glia/contract'
import {
  isJsonObject,
  type JsonValue,
  type PushAction,
  type PushCondition,
  type PushRule,
  type PushRuleKind,
  pushRuleKinds,
  showJson,
} from '@glia/protocol'
import { checkStorableText } from '../storable-text.ts'

/** @throws MatrixError M_UNRECOGNIZED (400), as Synapse answers */
export function checkKind(kind: string): PushRuleKind {
  if (!isKind(kind)) throw new MatrixError('M_UNRECOGNIZED', 'Unrecognized request', { status: 400 })
  return kind
}

function isKind(kind: string): kind is PushRuleKind {
  return (pushRuleKinds as readonly string[]).includes(kind)
}

/**
 * Makes a user's own rule of what a client sent. Errors are Synapse's.
 * @throws MatrixError M_UNKNOWN
 */
export function readOwnRule(
  kind: string,
  ruleId: string,
  body: { actions?: unknown; conditions?: unknown; pattern?: unknown },
): { kind: PushRuleKind; rule: PushRule } {
  if (ruleId.includes('/') || ruleId.includes('\\')) throw new MatrixError('M_UNKNOWN', 'rule_id may not contain slashes')
  if (ruleId.startsWith('.')) throw new MatrixError('M_UNKNOWN', "cannot add new rule_ids that start with '.'")
  checkStorableText(ruleId, 'rule_id')
  if (!isKind(kind)) throw new MatrixError('M_UNKNOWN', `Unknown template: ${kind}`)
  const rule: PushRule = { rule_id: ruleId, default: false, enabled: true, actions: [] }
  if (kind === 'override' || kind === 'underride') rule.conditions = readConditions(body.conditions)
  if (kind === 'content') rule.pattern = readPattern(body.pattern)
  if (!Array.isArray(body.actions)) throw new MatrixError('M_UNKNOWN', 'No actions found')
  rule.actions = body.actions.map((action) => readAction(action, ''))
  return { kind, rule }
}

/** @throws MatrixError M_UNKNOWN */
export function readActionList(actions: unknown): PushAction[] {
  if (!Array.isArray(actions)) throw new MatrixError('M_UNKNOWN', "Value for 'actions' must be a list")
  return actions.map((action) => readAction(action, 'Invalid actions: '))
}

function readConditions(conditions: unknown): PushCondition[] {
  if (conditions === undefined) throw new MatrixError('M_UNKNOWN', "Missing 'conditions'")
  if (!Array.isArray(conditions)) throw new MatrixError('M_UNKNOWN', "Value for 'conditions' must be a list")
  for (const condition of conditions) {
    if (!isJsonObject(condition) || typeof condition.kind !== 'string') throw new MatrixError('M_UNKNOWN', "Condition without 'kind'")
  }
  return conditions as PushCondition[]
}

function readPattern(pattern: unknown): string {
  if (typeof pattern !== 'string') throw new MatrixError('M_UNKNOWN', "Content rule missing 'pattern'")
  return pattern
}

/** `dont_notify` and `coalesce` mean nothing but are kept: older clients look for what they wrote. */
function readAction(action: unknown, prefix: string): PushAction {
  if (action === 'notify' || action === 'dont_notify' || action === 'coalesce') return action
  if (isJsonObject(action) && typeof action.set_tweak === 'string') return action as PushAction
  throw new MatrixError('M_UNKNOWN', `${prefix}Unrecognised action ${showJson(action as JsonValue)}`)
}
