import type { Reads } from '@glia/database'
import { buildPushRuleset, type DefaultRuleChange, type PushRule, type PushRuleKind, type PushRuleset, type UserId } from '@glia/protocol'
import { chunksOf } from '../chunks.ts'
import type { HomeserverSchema } from '../schema.ts'

/** What a user changed, as it is stored. */
export interface StoredPushRules {
  own: Partial<Record<PushRuleKind, PushRule[]>>
  changes: Map<string, DefaultRuleChange>
}

export async function storedPushRules(db: Reads<HomeserverSchema>, userId: UserId): Promise<StoredPushRules> {
  const row = await db.selectFrom('push_rules').selectAll().where('user_id', '=', userId).executeTakeFirst()
  return row ? readStored(row) : { own: {}, changes: new Map() }
}

/** All rules of the user in the order in which they are tried: the value of `global` in `m.push_rules` and `GET /pushrules/`. */
export async function rulesetFor(db: Reads<HomeserverSchema>, userId: UserId): Promise<PushRuleset> {
  const { own, changes } = await storedPushRules(db, userId)
  return buildPushRuleset(userId, own, changes)
}

/** As {@link rulesetFor}, for many users at once. */
export async function rulesetsFor(db: Reads<HomeserverSchema>, userIds: readonly UserId[]): Promise<Map<UserId, PushRuleset>> {
  const rulesets = new Map<UserId, PushRuleset>()
  for (const chunk of chunksOf(userIds)) {
    const rows = await db.selectFrom('push_rules').selectAll().where('user_id', 'in', chunk).execute()
    const stored = new Map(rows.map((row) => [row.user_id, readStored(row)]))
    for (const userId of chunk) {
      const { own, changes } = stored.get(userId) ?? {}
      rulesets.set(userId, buildPushRuleset(userId, own, changes))
    }
  }
  return rulesets
}

/** Whether the user changed push rules after position `since`, up to `upTo`. */
export async function pushRulesChanged(db: Reads<HomeserverSchema>, userId: UserId, since: number, upTo: number): Promise<boolean> {
  const found = await db
    .selectFrom('push_rules')
    .select('user_id')
    .where('user_id', '=', userId)
    .where('position', '>', since)
    .where('position', '<=', upTo)
    .executeTakeFirst()
  return found !== undefined
}

function readStored(row: { own_rules: string; default_changes: string }): StoredPushRules {
  return {
    own: JSON.parse(row.own_rules) as StoredPushRules['own'],
    changes: new Map(Object.entries(JSON.parse(row.default_changes) as Record<string, DefaultRuleChange>)),
  }
}
