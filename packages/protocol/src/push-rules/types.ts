import type { JsonObject, JsonValue } from '../json.ts'

/** Kinds of push rules in the order in which they are tried. */
export const pushRuleKinds = ['override', 'content', 'room', 'sender', 'underride'] as const
export type PushRuleKind = (typeof pushRuleKinds)[number]

/** `"notify"`, or a tweak. Other strings mean nothing. */
export type PushAction = string | { set_tweak: string; value?: JsonValue }

/** One condition; only those of a known `kind` can be met. */
export type PushCondition = JsonObject & { kind: string }

/** A rule in its wire form (Client-Server API, "Push rules"). */
export interface PushRule {
  rule_id: string
  /** Whether the server made it. */
  default: boolean
  enabled: boolean
  actions: PushAction[]
  /** On override and underride rules. */
  conditions?: PushCondition[]
  /** On content rules: a glob for `content.body`. */
  pattern?: string
}

/** All rules of a user, each kind in the order in which they are tried. The value of `global` on the wire. */
export type PushRuleset = { [Kind in PushRuleKind]: PushRule[] }
