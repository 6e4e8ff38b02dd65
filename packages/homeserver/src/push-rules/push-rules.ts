import { MatrixError } from '@glia/contract'
import type { Database, Transaction } from '@glia/database'
import { defaultPushRules, type PushRule, type PushRuleKind, type PushRuleset, type UserId } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'
import type { SignalBus } from '../signals.ts'
import { checkKind, readActionList, readOwnRule } from './rule-input.ts'
import { rulesetFor, type StoredPushRules, storedPushRules } from './ruleset.ts'

/** A user's push rules. Each change shows as `m.push_rules` in the account data of /sync. Rules are in their wire form. */
export interface PushRules {
  getAll(userId: UserId): Promise<PushRuleset>
  /** @throws MatrixError M_NOT_FOUND; M_UNRECOGNIZED for an unknown kind */
  get(userId: UserId, kind: string, ruleId: string): Promise<PushRule>
  /**
   * Adds or replaces one of the user's own rules. Without a neighbour it becomes the first of them.
   * @throws MatrixError M_UNKNOWN for anything that makes no rule, or a neighbour that is none of the user's own
   */
  put(
    userId: UserId,
    kind: string,
    ruleId: string,
    body: { actions?: unknown; conditions?: unknown; pattern?: unknown },
    neighbour: { before?: string | undefined; after?: string | undefined },
  ): Promise<void>
  /** @throws MatrixError M_NOT_FOUND, also for default rules */
  remove(userId: UserId, kind: string, ruleId: string): Promise<void>
  /** @throws MatrixError M_NOT_FOUND */
  setEnabled(userId: UserId, kind: string, ruleId: string, enabled: boolean): Promise<void>
  /** @throws MatrixError M_NOT_FOUND, M_UNKNOWN for what is no list of actions */
  setActions(userId: UserId, kind: string, ruleId: string, actions: unknown): Promise<void>
  /** Forgets all changes, as when the account is deactivated. */
  reset(tx: Transaction<HomeserverSchema>, userId: UserId): Promise<void>
}

const MAX_STORED_BYTES = 512 * 1024

export function createPushRules(deps: { database: Database<HomeserverSchema>; signals: SignalBus }): PushRules {
  const { database, signals } = deps
  return {
    getAll: (userId) => rulesetFor(database.read, userId),
    async get(userId, kind, ruleId) {
      const ruleset = await rulesetFor(database.read, userId)
      const rule = ruleset[checkKind(kind)].find(({ rule_id }) => rule_id === ruleId)
      if (!rule) throw new MatrixError('M_NOT_FOUND', 'Not found')
      return rule
    },
    async put(userId, kindName, ruleId, body, neighbour) {
      const { kind, rule } = readOwnRule(kindName, ruleId, body)
      await change(userId, (stored) => {
        const before = stored.own[kind] ?? []
        const enabled = before.find(({ rule_id }) => rule_id === ruleId)?.enabled ?? true
        const others = before.filter(({ rule_id }) => rule_id !== ruleId)
        others.splice(placeFor(others, kind, neighbour), 0, { ...rule, enabled })
        stored.own[kind] = others
      })
    },
    async remove(userId, kindName, ruleId) {
      const kind = checkKind(kindName)
      await change(userId, (stored) => {
        const before = stored.own[kind] ?? []
        const after = before.filter(({ rule_id }) => rule_id !== ruleId)
        if (after.length === before.length) throw new MatrixError('M_NOT_FOUND', 'Not found')
        stored.own[kind] = after
      })
    },
    async setEnabled(userId, kindName, ruleId, enabled) {
      const kind = checkKind(kindName)
      await change(userId, (stored) => changeRule(stored, userId, kind, ruleId, { enabled }))
    },
    async setActions(userId, kindName, ruleId, actions) {
      const kind = checkKind(kindName)
      const list = readActionList(actions)
      await change(userId, (stored) => changeRule(stored, userId, kind, ruleId, { actions: list }))
    },
    async reset(tx, userId) {
      await tx.db.deleteFrom('push_rules').where('user_id', '=', userId).execute()
    },
  }

  async function change(userId: UserId, work: (stored: StoredPushRules) => void): Promise<void> {
    await database.transaction(async (tx) => {
      await tx.lock(`push-rules:${userId}`)
      const stored = await storedPushRules(tx.db, userId)
      work(stored)
      const row = { own_rules: JSON.stringify(stored.own), default_changes: JSON.stringify(Object.fromEntries(stored.changes)) }
      if (row.own_rules.length + row.default_changes.length > MAX_STORED_BYTES) throw new MatrixError('M_TOO_LARGE', 'Too many push rules')
      const position = await tx.takePosition()
      await tx.db
        .insertInto('push_rules')
        .values({ user_id: userId, ...row, position })
        .onConflict((conflict) => conflict.column('user_id').doUpdateSet({ ...row, position }))
        .execute()
      tx.afterCommit(() => signals.tell('user.changed', { userId, position }))
    })
  }
}

function placeFor(rules: PushRule[], kind: PushRuleKind, { before, after }: { before?: string | undefined; after?: string | undefined }) {
  const neighbour = before ?? after
  if (neighbour === undefined) return 0
  const index = rules.findIndex(({ rule_id }) => rule_id === neighbour)
  if (index < 0) throw new MatrixError('M_UNKNOWN', `before/after rule not found: global/${kind}/${neighbour}`)
  return before === undefined ? index + 1 : index
}

function changeRule(
  stored: StoredPushRules,
  userId: UserId,
  kind: PushRuleKind,
  ruleId: string,
  changed: Partial<Pick<PushRule, 'enabled' | 'actions'>>,
): void {
  const own = stored.own[kind]?.find(({ rule_id }) => rule_id === ruleId)
  if (own) {
    Object.assign(own, changed)
    return
  }
  if (!defaultPushRules(userId)[kind].some(({ rule_id }) => rule_id === ruleId)) throw new MatrixError('M_NOT_FOUND', 'Unknown rule')
  stored.changes.set(ruleId, { ...stored.changes.get(ruleId), ...changed })
}
