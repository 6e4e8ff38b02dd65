import { localpartOf, type UserId } from '../ids.ts'
import type { JsonValue } from '../json.ts'
import type { PushAction, PushCondition, PushRule, PushRuleset } from './types.ts'

const highlight: PushAction = { set_tweak: 'highlight' }
const noHighlight: PushAction = { set_tweak: 'highlight', value: false }
const sound = (value: string): PushAction => ({ set_tweak: 'sound', value })

const matches = (key: string, pattern: string): PushCondition => ({ kind: 'event_match', key, pattern })
const property = (kind: 'event_property_is' | 'event_property_contains', key: string, value: JsonValue): PushCondition => ({
  kind,
  key,
  value,
})
const twoMembers: PushCondition = { kind: 'room_member_count', is: '2' }
const mayNotifyRoom: PushCondition = { kind: 'sender_notification_permission', key: 'room' }

function rule(rule_id: string, conditions: PushCondition[], actions: PushAction[], enabled = true): PushRule {
  return { rule_id, default: true, enabled, conditions, actions }
}

/**
 * The rules that every user has, in Synapse's form and order: those of the specification ("Predefined Rules"), the three that v1.17 removed
 * and that older clients look for, and `.im.vector.jitsi`.
 */
export function defaultPushRules(userId: UserId): PushRuleset {
  return { override: overrideRules(userId), content: [userNameRule(userId)], room: [], sender: [], underride: underrideRules() }
}

function overrideRules(userId: UserId): PushRule[] {
  return [
    rule('.m.rule.master', [], [], false),
    rule('.m.rule.suppress_notices', [matches('content.msgtype', 'm.notice')], []),
    rule(
      '.m.rule.invite_for_me',
      [matches('type', 'm.room.member'), matches('content.membership', 'invite'), matches('state_key', userId)],
      ['notify', noHighlight, sound('default')],
    ),
    rule('.m.rule.member_event', [matches('type', 'm.room.member')], []),
    rule(
      '.m.rule.is_user_mention',
      [property('event_property_contains', 'content.m\\.mentions.user_ids', userId)],
      ['notify', highlight, sound('default')],
    ),
    rule('.m.rule.contains_display_name', [{ kind: 'contains_display_name' }], ['notify', highlight, sound('default')]),
    rule(
      '.m.rule.is_room_mention',
      [property('event_property_is', 'content.m\\.mentions.room', true), mayNotifyRoom],
      ['notify', highlight],
    ),
    rule('.m.rule.roomnotif', [mayNotifyRoom, matches('content.body', '@room')], ['notify', highlight]),
    rule('.m.rule.tombstone', [matches('type', 'm.room.tombstone'), matches('state_key', '')], ['notify', highlight]),
    rule('.m.rule.reaction', [matches('type', 'm.reaction')], []),
    rule('.m.rule.room.server_acl', [matches('type', 'm.room.server_acl'), matches('state_key', '')], []),
    rule('.m.rule.suppress_edits', [property('event_property_is', 'content.m\\.relates_to.rel_type', 'm.replace')], []),
  ]
}

function userNameRule(userId: UserId): PushRule {
  return {
    rule_id: '.m.rule.contains_user_name',
    default: true,
    enabled: true,
    pattern: localpartOf(userId),
    actions: ['notify', highlight, sound('default')],
  }
}

function underrideRules(): PushRule[] {
  return [
    rule('.m.rule.call', [matches('type', 'm.call.invite')], ['notify', sound('ring'), noHighlight]),
    rule('.m.rule.encrypted_room_one_to_one', [matches('type', 'm.room.encrypted'), twoMembers], ['notify', sound('default'), noHighlight]),
    rule('.m.rule.room_one_to_one', [matches('type', 'm.room.message'), twoMembers], ['notify', sound('default'), noHighlight]),
    rule('.m.rule.message', [matches('type', 'm.room.message')], ['notify', noHighlight]),
    rule('.m.rule.encrypted', [matches('type', 'm.room.encrypted')], ['notify', noHighlight]),
    rule(
      '.im.vector.jitsi',
      [matches('type', 'im.vector.modular.widgets'), matches('content.type', 'jitsi'), matches('state_key', '*')],
      ['notify', noHighlight],
    ),
  ]
}
