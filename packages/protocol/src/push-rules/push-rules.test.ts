import { describe, expect, it } from 'vitest'
import type { UserId } from '../ids.ts'
import type { JsonObject } from '../json.ts'
import { powerLevelsView } from '../power-levels.ts'
import { roomVersion } from '../room-versions.ts'
import { isConditionMet, type PushableEvent, type PushContext } from './conditions.ts'
import { defaultPushRules } from './default-rules.ts'
import { evaluatePushRules } from './evaluate.ts'
import { buildPushRuleset } from './ruleset.ts'
import type { PushCondition, PushRule } from './types.ts'

const me = '@me:a' as UserId
const mod = '@mod:a'
const levels = powerLevelsView({ users: { [mod]: 50 } }, undefined, roomVersion('11')!)
const context: PushContext = { userId: me, displayName: 'My Name', roomMemberCount: 5, powerLevels: levels }
const event = (over: Partial<PushableEvent>): PushableEvent => ({
  type: 'm.room.message',
  sender: '@other:b',
  room_id: '!r:a',
  content: {},
  ...over,
})
const text = (body: string, more: JsonObject = {}, sender = '@other:b') => event({ sender, content: { msgtype: 'm.text', body, ...more } })

const silent = { notify: false, highlight: false }
const plain = { notify: true, highlight: false }
const mention = { notify: true, highlight: true, sound: 'default' }

describe('default rules', () => {
  it.each<[string, PushableEvent, Partial<PushContext>, object]>([
    ['message', text('hello'), {}, plain],
    ['message between two', text('hello'), { roomMemberCount: 2 }, { ...plain, sound: 'default' }],
    ['encrypted', event({ type: 'm.room.encrypted' }), {}, plain],
    ['encrypted between two', event({ type: 'm.room.encrypted' }), { roomMemberCount: 2 }, { ...plain, sound: 'default' }],
    ['own message', text('My Name', {}, me), {}, silent],
    ['notice', event({ content: { msgtype: 'm.notice', body: 'My Name' } }), {}, silent],
    ['invite', event({ type: 'm.room.member', state_key: me, content: { membership: 'invite' } }), {}, { ...plain, sound: 'default' }],
    ['invite of another', event({ type: 'm.room.member', state_key: '@x:y', content: { membership: 'invite' } }), {}, silent],
    ['join', event({ type: 'm.room.member', state_key: '@other:b', content: { membership: 'join' } }), {}, silent],
    ['mention', text('hi', { 'm.mentions': { user_ids: [me] } }), {}, mention],
    ['mention of another', text('hi', { 'm.mentions': { user_ids: ['@x:y'] } }), {}, plain],
    ['room mention', text('hi', { 'm.mentions': { room: true } }, mod), {}, { notify: true, highlight: true }],
    ['room mention without the level', text('hi', { 'm.mentions': { room: true } }), {}, plain],
    ['display name', text('hi my name!'), {}, mention],
    ['display name, but mentions say otherwise', text('hi my name!', { 'm.mentions': {} }), {}, plain],
    ['localpart', text('hello, ME'), {}, mention],
    ['localpart within a word', text('some'), {}, plain],
    ['@room', text('hi @room', {}, mod), {}, { notify: true, highlight: true }],
    ['@room without the level', text('hi @room'), {}, plain],
    ['tombstone', event({ type: 'm.room.tombstone', state_key: '' }), {}, { notify: true, highlight: true }],
    ['tombstone that is no state', event({ type: 'm.room.tombstone' }), {}, silent],
    ['reaction', event({ type: 'm.reaction' }), {}, silent],
    ['server acl', event({ type: 'm.room.server_acl', state_key: '' }), {}, silent],
    ['edit', text('* hi', { 'm.relates_to': { rel_type: 'm.replace' } }), {}, silent],
    ['call', event({ type: 'm.call.invite' }), {}, { ...plain, sound: 'ring' }],
    ['other event', event({ type: 'org.example' }), {}, silent],
  ])('%s', (_name, given, over, expected) => {
    const { actions: _, ...result } = evaluatePushRules(defaultPushRules(me), given, { ...context, ...over })
    expect(result).toEqual(expected)
  })
})

it('marks every default rule as such', () => {
  const rules = Object.values(defaultPushRules(me)).flat()
  expect(rules.filter((rule) => !rule.default)).toEqual([])
  expect(rules.filter((rule) => !rule.enabled).map(({ rule_id }) => rule_id)).toEqual(['.m.rule.master'])
})

describe('conditions', () => {
  const state = event({
    type: 'm.room.topic',
    state_key: '',
    content: { n: 5, t: 'Abc', nothing: null, list: [1, 'x', null], 'a.b': { c: 'd' }, body: 'An Abc.' },
  })
  it.each<[JsonObject & { kind: string }, boolean]>([
    [{ kind: 'event_match', key: 'content.t', pattern: 'aBC' }, true],
    [{ kind: 'event_match', key: 'content.t', pattern: 'ab' }, false],
    [{ kind: 'event_match', key: 'content.body', pattern: 'abc' }, true],
    [{ kind: 'event_match', key: 'content.n', pattern: '5' }, false],
    [{ kind: 'event_match', key: 'content.missing', pattern: '*' }, false],
    [{ kind: 'event_match', key: 'state_key', pattern: '*' }, true],
    [{ kind: 'event_match', key: 'content.a\\.b.c', pattern: 'd' }, true],
    [{ kind: 'event_match', pattern: 'd' }, false],
    [{ kind: 'event_match', key: 'type' }, false],
    [{ kind: 'event_property_is', key: 'content.n', value: 5 }, true],
    [{ kind: 'event_property_is', key: 'content.n', value: '5' }, false],
    [{ kind: 'event_property_is', key: 'content.t', value: 'abc' }, false],
    [{ kind: 'event_property_is', key: 'content.nothing', value: null }, true],
    [{ kind: 'event_property_is', key: 'content.missing' }, false],
    [{ kind: 'event_property_contains', key: 'content.list', value: 'x' }, true],
    [{ kind: 'event_property_contains', key: 'content.list', value: null }, true],
    [{ kind: 'event_property_contains', key: 'content.list', value: 'y' }, false],
    [{ kind: 'event_property_contains', key: 'content.t', value: 'A' }, false],
    [{ kind: 'room_member_count', is: '5' }, true],
    [{ kind: 'room_member_count', is: '==4' }, false],
    [{ kind: 'room_member_count', is: '<6' }, true],
    [{ kind: 'room_member_count', is: '>5' }, false],
    [{ kind: 'room_member_count', is: '>=5' }, true],
    [{ kind: 'room_member_count', is: '<=4' }, false],
    [{ kind: 'room_member_count', is: '=5' }, false],
    [{ kind: 'room_member_count', is: 5 }, false],
    [{ kind: 'unheard_of' }, false],
  ])('%j: %s', (condition, expected) => {
    expect(isConditionMet(condition as PushCondition, state, context)).toBe(expected)
  })

  it('does not match a display name that is not known', () => {
    expect(isConditionMet({ kind: 'contains_display_name' }, text('undefined'), { ...context, displayName: undefined })).toBe(false)
    expect(isConditionMet({ kind: 'contains_display_name' }, text('a.b'), { ...context, displayName: 'a.b' })).toBe(true)
    expect(isConditionMet({ kind: 'contains_display_name' }, text('axb'), { ...context, displayName: 'a.b' })).toBe(false)
  })
})

describe("a user's own rules", () => {
  const own = (rule_id: string, over: Partial<PushRule>): PushRule => ({
    rule_id,
    default: false,
    enabled: true,
    actions: ['notify'],
    ...over,
  })

  it('come before the defaults, but after the master rule', () => {
    const rule = own('mine', { conditions: [], actions: ['dont_notify'] })
    const ruleset = buildPushRuleset(me, { override: [rule] })
    expect(ruleset.override.slice(0, 3).map(({ rule_id }) => rule_id)).toEqual(['.m.rule.master', 'mine', '.m.rule.suppress_notices'])
    expect(evaluatePushRules(ruleset, text('me'), context).notify).toBe(false)
  })

  it('silence rooms and senders, and match words', () => {
    const room = buildPushRuleset(me, { room: [own('!r:a', { actions: [] })] })
    expect(evaluatePushRules(room, text('hello'), context).notify).toBe(false)
    expect(evaluatePushRules(room, text('me'), context).notify).toBe(true)
    const sender = buildPushRuleset(me, { sender: [own('@other:b', { actions: ['notify', { set_tweak: 'highlight' }] })] })
    expect(evaluatePushRules(sender, text('hello'), context).highlight).toBe(true)
    const content = buildPushRuleset(me, { content: [own('cake', { pattern: 'cake*' })] })
    expect(evaluatePushRules(content, { ...text('some cakes'), type: 'x' }, context).notify).toBe(true)
  })

  it('can be switched off', () => {
    const ruleset = buildPushRuleset(me, { content: [own('cake', { pattern: 'cake', enabled: false })] })
    expect(evaluatePushRules(ruleset, { ...text('cake'), type: 'x' }, context).notify).toBe(false)
  })

  it('include changes of the defaults', () => {
    const off = buildPushRuleset(me, {}, new Map([['.m.rule.master', { enabled: true }]]))
    expect(evaluatePushRules(off, text('me'), context).notify).toBe(false)
    const loud = buildPushRuleset(me, {}, new Map([['.m.rule.message', { actions: ['notify', { set_tweak: 'sound', value: 'bing' }] }]]))
    expect(evaluatePushRules(loud, text('hello'), context)).toMatchObject({ notify: true, sound: 'bing' })
  })
})
