import { describe, expect, it } from 'vitest'
import type { RoomId } from '../ids.ts'
import type { JsonObject } from '../json.ts'
import { roomVersion } from '../room-versions.ts'
import { parseSigningKey, signJson } from '../signing.ts'
import { creator, decide, type EventOver, is, judge, levels, member, mod, room, type State, target, user } from './test-room.ts'

describe('version 12 creators', () => {
  const version = roomVersion('12')!
  const other = '@other-creator:b'
  const state = room(version, {
    'm.room.create': { room_version: '12', additional_creators: [other] },
    [`m.room.member|${other}`]: is('join'),
    'm.room.power_levels': { users: { [mod]: 1_000_000 }, events: { 'm.room.tombstone': 150, 'm.room.power_levels': 50 } },
  })
  it.each<[string, EventOver, string]>([
    ['are above every level', { type: 'm.room.tombstone', state_key: '', sender: other }, 'allowed'],
    ['cannot be kicked by others', member(mod, other, 'leave'), '4.5.5'],
    ['cannot be banned by others', member(mod, creator, 'ban'), '4.6.3'],
    ['cannot kick each other', member(creator, other, 'leave'), '4.5.5'],
    ['can kick the highest level', member(other, mod, 'leave'), 'allowed'],
    ['must not be in users', levels(creator, { users: { [creator]: 100 } }), '9.4'],
    ['must not be in users as additional ones', levels(creator, { users: { [other]: 0 } }), '9.4'],
    ['can give any level', levels(creator, { users: { [user]: 5_000_000 } }), 'allowed'],
  ])('%s', (_name, event, expected) => {
    expect(judge(version, state, event)).toBe(expected)
  })

  it('refuses events of another room', () => {
    expect(judge(version, state, { room_id: '!other' as RoomId })).toBe('2')
  })
})

describe('third-party invites', () => {
  const version = roomVersion('11')!
  const key = parseSigningKey('ed25519 0 YJDBA9Xnr2sVqXD9Vj7XVUnmFZcZrlw8Md7kMW+3XA0')
  const wrongKey = parseSigningKey('ed25519 0 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA')
  const signed = signJson({ mxid: target, token: 'tok' }, 'id.example', key)
  const third = (content: JsonObject = { public_key: 'x', public_keys: [{ public_key: key.publicKeyBase64 }] }) => {
    const state = room(version)
    state['m.room.third_party_invite|tok'] = { content, sender: mod }
    return state
  }
  const invite = (sender: string, thirdPartyInvite: JsonObject | string) =>
    member(sender, target, 'invite', { third_party_invite: thirdPartyInvite })
  it.each<[string, State, EventOver, string]>([
    ['signed', third(), invite(mod, { signed }), 'allowed'],
    [
      'signed with the single key',
      third({ public_key: key.publicKeyBase64.replaceAll('+', '-').replaceAll('/', '_') }),
      invite(mod, { signed }),
      'allowed',
    ],
    ['signed by others too', third(), invite(mod, { signed: signJson(signed, 'another.example', wrongKey) }), 'allowed'],
    ['nothing signed', third(), invite(mod, {}), '4.4.1.2'],
    ['not an object', third(), invite(mod, 'x'), '4.4.1.2'],
    ['no token', third(), invite(mod, { signed: { mxid: target } }), '4.4.1.3'],
    ['for somebody else', third(), invite(mod, { signed: { ...signed, mxid: user } }), '4.4.1.4'],
    ['no such invite', room(version), invite(mod, { signed }), '4.4.1.5'],
    ['by somebody else', third(), invite(user, { signed }), '4.4.1.6'],
    [
      'signed with another key',
      third(),
      invite(mod, { signed: signJson({ mxid: target, token: 'tok' }, 'id.example', wrongKey) }),
      '4.4.1.8',
    ],
  ])('%s: %s', (_name, state, event, expected) => {
    expect(judge(version, state, event)).toBe(expected)
  })
})

describe('older versions', () => {
  const judgeIn = (id: string, over: Record<string, JsonObject | null>, event: EventOver) =>
    judge(roomVersion(id)!, room(roomVersion(id)!, over), event)
  it.each<[string, string, Record<string, JsonObject | null>, EventOver, string]>([
    ['6', 'has no knocking', { 'm.room.join_rules': { join_rule: 'knock' } }, member(target, target, 'knock'), '4.8'],
    ['6', 'does not know the join rule knock', { 'm.room.join_rules': { join_rule: 'knock' } }, member(user, user, 'join'), '4.3.7'],
    [
      '7',
      'does not know the join rule restricted',
      { 'm.room.join_rules': { join_rule: 'restricted' } },
      member(user, user, 'join'),
      '4.3.7',
    ],
    ['8', 'knows the join rule restricted', { 'm.room.join_rules': { join_rule: 'restricted' } }, member(user, user, 'join'), 'allowed'],
    [
      '9',
      'does not know knock_restricted',
      { 'm.room.join_rules': { join_rule: 'knock_restricted' } },
      member(target, target, 'knock'),
      '4.7.1',
    ],
    ['9', 'reads levels from strings', { 'm.room.power_levels': { events_default: ' 10 ', users: { [user]: '10' } } }, {}, 'allowed'],
    ['9', 'takes new levels as strings', {}, levels(creator, { ban: '50', users: { [creator]: '100' } }), 'allowed'],
    ['9', 'ignores strings that are no numbers', { 'm.room.power_levels': { events_default: 'many' } }, {}, 'allowed'],
    ['9', 'refuses other strings', {}, levels(creator, { ban: 'many' }), '9.1'],
  ])('%s %s', (id, _name, over, event, expected) => {
    expect(judgeIn(id, over, event)).toBe(expected)
  })
})

describe('reasons', () => {
  const version = roomVersion('11')!
  const reasonFor = (over: Record<string, JsonObject | null>, event: EventOver) => {
    const decision = decide(version, room(version, over), event)
    return decision.allowed ? 'allowed' : decision.reason
  }
  it.each<[Record<string, JsonObject | null>, EventOver, string]>([
    [{}, { sender: target }, 'User @target:b not in room !r:a (None)'],
    [{ [`m.room.member|${target}`]: is('leave') }, { sender: target }, 'User @target:b not in room !r:a (leave)'],
    [{}, member(target, '@x:b', 'invite'), '@target:b not in room !r:a.'],
    [{}, member(target, target, 'join'), 'You are not invited to this room.'],
    [{}, { type: 'x', state_key: '' }, "You don't have permission to post that to the room. user_level (0) < send_level (50)"],
  ])('%j %j: %s', (over, event, reason) => {
    expect(reasonFor(over, event)).toBe(reason)
  })
})
