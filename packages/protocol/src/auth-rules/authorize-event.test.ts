import { describe, expect, it } from 'vitest'
import type { EventId, RoomId } from '../ids.ts'
import type { JsonObject } from '../json.ts'
import { createId, creator, type EventOver, is, judge, levels, member, mod, room, target, user, versions } from './test-room.ts'

describe.each(versions)('rules of room version $id', (version) => {
  const creatorContent: JsonObject = version.creatorInContent ? { room_version: version.id, creator } : { room_version: version.id }
  const roomId = version.roomIdIsCreateHash ? undefined : ('!r:a' as RoomId)
  const create = (over: EventOver): EventOver => ({
    type: 'm.room.create',
    sender: creator,
    state_key: '',
    room_id: roomId,
    prev_events: [],
    content: creatorContent,
    ...over,
  })

  it.each<[string, EventOver, string]>([
    ['first event', create({}), 'allowed'],
    ['with something before it', create({ prev_events: ['$x' as EventId] }), '1.1'],
    ['room id of another server', create({ room_id: '!r:b' as RoomId }), '1.2'],
    ['unknown version', create({ content: { ...creatorContent, room_version: 'nope' } }), '1.3'],
    ['version of the wrong type', create({ content: { ...creatorContent, room_version: 11 } }), '1.3'],
    ['no creator', create({ content: { room_version: version.id } }), version.creatorInContent ? '1.4' : 'allowed'],
    ['additional creators', create({ content: { ...creatorContent, additional_creators: [user] } }), 'allowed'],
    [
      'bad additional creators',
      create({ content: { ...creatorContent, additional_creators: ['x'] } }),
      version.privilegedCreators ? '1.4' : 'allowed',
    ],
    [
      'one bad additional creator',
      create({ content: { ...creatorContent, additional_creators: [user, 'x'] } }),
      version.privilegedCreators ? '1.4' : 'allowed',
    ],
    [
      'additional creators no list',
      create({ content: { ...creatorContent, additional_creators: user } }),
      version.privilegedCreators ? '1.4' : 'allowed',
    ],
  ])('create: %s', (_name, event, expected) => {
    expect(judge(version, {}, event)).toBe(expected)
  })

  it('asks for a create event', () => {
    expect(judge(version, room(version, { 'm.room.create': null }), {})).toBe('2.4')
  })

  it('keeps other servers out of unfederated rooms', () => {
    const state = room(version, { 'm.room.create': { ...creatorContent, 'm.federate': false } })
    expect(judge(version, state, { sender: user })).toBe('3')
    expect(judge(version, state, { sender: mod })).toBe('allowed')
    expect(judge(version, state, member(mod, target, 'invite'))).toBe('3')
    expect(judge(version, state, member(mod, '@target:a', 'invite'))).toBe('allowed')
  })

  it.each<[string, Record<string, JsonObject | null>, EventOver, string]>([
    ['no state key', {}, { type: 'm.room.member', sender: user, content: is('join') }, '4.1'],
    ['no membership', {}, { ...member(user, user, 'join'), content: {} }, '4.1'],
    ['unknown membership', {}, member(user, user, 'nonsense'), '4.8'],
    // join
    [
      'creator right after create',
      { [`m.room.member|${creator}`]: null },
      { ...member(creator, creator, 'join'), prev_events: [createId] },
      'allowed',
    ],
    ['creator later', { [`m.room.member|${creator}`]: null }, member(creator, creator, 'join'), '4.3.4'],
    [
      'creator after create and more',
      { [`m.room.member|${creator}`]: null },
      { ...member(creator, creator, 'join'), prev_events: [createId, '$x' as EventId] },
      '4.3.4',
    ],
    [
      'another user right after create',
      { [`m.room.member|${user}`]: null },
      { ...member(user, user, 'join'), prev_events: [createId] },
      '4.3.4',
    ],
    ['for another user', { 'm.room.join_rules': { join_rule: 'public' } }, member(user, target, 'join'), '4.3.2'],
    [
      'banned',
      { 'm.room.join_rules': { join_rule: 'public' }, [`m.room.member|${target}`]: is('ban') },
      member(target, target, 'join'),
      '4.3.3',
    ],
    ['uninvited', {}, member(target, target, 'join'), '4.3.4'],
    ['left before', { [`m.room.member|${target}`]: is('leave') }, member(target, target, 'join'), '4.3.4'],
    ['invited', { [`m.room.member|${target}`]: is('invite') }, member(target, target, 'join'), 'allowed'],
    ['already in', {}, member(user, user, 'join'), 'allowed'],
    ['public', { 'm.room.join_rules': { join_rule: 'public' } }, member(target, target, 'join'), 'allowed'],
    ['no join rules', { 'm.room.join_rules': null }, member(target, target, 'join'), '4.3.4'],
    ['knock room, uninvited', { 'm.room.join_rules': { join_rule: 'knock' } }, member(target, target, 'join'), '4.3.4'],
    ['unknown join rule', { 'm.room.join_rules': { join_rule: 'private' } }, member(user, user, 'join'), '4.3.7'],
    ['restricted, unauthorised', { 'm.room.join_rules': { join_rule: 'restricted' } }, member(target, target, 'join'), '4.3.5'],
    [
      'restricted, authorised by a stranger',
      { 'm.room.join_rules': { join_rule: 'restricted' } },
      member(target, target, 'join', { join_authorised_via_users_server: '@stranger:a' }),
      '4.3.5',
    ],
    [
      'restricted, authorised by a user without the level',
      { 'm.room.join_rules': { join_rule: 'restricted' }, 'm.room.power_levels': { invite: 1 } },
      member(target, target, 'join', { join_authorised_via_users_server: user }),
      '4.3.5',
    ],
    [
      'restricted, authorised',
      { 'm.room.join_rules': { join_rule: 'restricted' } },
      member(target, target, 'join', { join_authorised_via_users_server: mod }),
      'allowed',
    ],
    [
      'knock_restricted, authorised',
      { 'm.room.join_rules': { join_rule: 'knock_restricted' } },
      member(target, target, 'join', { join_authorised_via_users_server: mod }),
      'allowed',
    ],
    [
      'restricted, invited',
      { 'm.room.join_rules': { join_rule: 'restricted' }, [`m.room.member|${target}`]: is('invite') },
      member(target, target, 'join'),
      'allowed',
    ],
    // invite
    ['invite', {}, member(user, target, 'invite'), 'allowed'],
    ['invite from outside', {}, member(target, '@other:b', 'invite'), '4.4.2'],
    ['invite to a member', {}, member(mod, user, 'invite'), '4.4.3'],
    ['invite to a banned user', { [`m.room.member|${target}`]: is('ban') }, member(mod, target, 'invite'), '4.4.3'],
    ['invite below the level', { 'm.room.power_levels': { invite: 50 } }, member(user, target, 'invite'), '4.4.5'],
    // leave, kick, unban
    ['leave', {}, member(user, user, 'leave'), 'allowed'],
    ['reject an invite', { [`m.room.member|${target}`]: is('invite') }, member(target, target, 'leave'), 'allowed'],
    ['retract a knock', { [`m.room.member|${target}`]: is('knock') }, member(target, target, 'leave'), 'allowed'],
    ['leave without having been there', {}, member(target, target, 'leave'), '4.5.1'],
    ['leave a ban', { [`m.room.member|${target}`]: is('ban') }, member(target, target, 'leave'), '4.5.1'],
    ['kick', {}, member(mod, user, 'leave'), 'allowed'],
    ['kick from outside', {}, member(target, user, 'leave'), '4.5.2'],
    ['kick without level', {}, member(user, mod, 'leave'), '4.5.5'],
    [
      'kick an equal',
      { 'm.room.member|@mod2:a': is('join'), 'm.room.power_levels': { users: { [mod]: 50, '@mod2:a': 50 } } },
      member(mod, '@mod2:a', 'leave'),
      '4.5.5',
    ],
    ['kick the creator', {}, member(mod, creator, 'leave'), '4.5.5'],
    ['unban', { [`m.room.member|${target}`]: is('ban') }, member(mod, target, 'leave'), 'allowed'],
    [
      'unban with kick level only',
      { [`m.room.member|${target}`]: is('ban'), 'm.room.power_levels': { users: { [mod]: 50 }, ban: 60 } },
      member(mod, target, 'leave'),
      '4.5.3',
    ],
    [
      'unban with ban level only',
      { [`m.room.member|${target}`]: is('ban'), 'm.room.power_levels': { users: { [mod]: 50 }, kick: 60 } },
      member(mod, target, 'leave'),
      '4.5.5',
    ],
    // ban
    ['ban', {}, member(mod, user, 'ban'), 'allowed'],
    ['ban somebody who was never there', {}, member(mod, target, 'ban'), 'allowed'],
    ['ban from outside', {}, member(target, user, 'ban'), '4.6.1'],
    ['ban without level', {}, member(user, target, 'ban'), '4.6.3'],
    ['ban the creator', {}, member(mod, creator, 'ban'), '4.6.3'],
    // knock
    ['knock', { 'm.room.join_rules': { join_rule: 'knock' } }, member(target, target, 'knock'), 'allowed'],
    ['knock, knock_restricted', { 'm.room.join_rules': { join_rule: 'knock_restricted' } }, member(target, target, 'knock'), 'allowed'],
    ['knock on an invite room', {}, member(target, target, 'knock'), '4.7.1'],
    ['knock for another', { 'm.room.join_rules': { join_rule: 'knock' } }, member(user, target, 'knock'), '4.7.2'],
    ['knock while joined', { 'm.room.join_rules': { join_rule: 'knock' } }, member(user, user, 'knock'), '4.7.4'],
    [
      'knock while invited',
      { 'm.room.join_rules': { join_rule: 'knock' }, [`m.room.member|${target}`]: is('invite') },
      member(target, target, 'knock'),
      '4.7.4',
    ],
    [
      'knock while banned',
      { 'm.room.join_rules': { join_rule: 'knock' }, [`m.room.member|${target}`]: is('ban') },
      member(target, target, 'knock'),
      '4.7.4',
    ],
  ])('membership: %s', (_name, over, event, expected) => {
    expect(judge(version, room(version, over), event)).toBe(expected)
  })

  it.each<[string, Record<string, JsonObject | null>, EventOver, string]>([
    ['message', {}, {}, 'allowed'],
    ['message from outside', {}, { sender: target }, '5'],
    ['message of an invited user', { [`m.room.member|${target}`]: is('invite') }, { sender: target }, '5'],
    ['message below events_default', { 'm.room.power_levels': { events_default: 1 } }, {}, '7'],
    ['message with a level of its own', { 'm.room.power_levels': { events_default: 1, events: { 'm.room.message': 0 } } }, {}, 'allowed'],
    ['state below state_default', {}, { type: 'm.room.topic', state_key: '' }, '7'],
    ['state with the level', {}, { type: 'm.room.topic', state_key: '', sender: mod }, 'allowed'],
    ['state named like a property of objects', {}, { type: 'constructor', state_key: '', sender: mod }, 'allowed'],
    ['own user state', { 'm.room.power_levels': { state_default: 0 } }, { type: 'x', state_key: user }, 'allowed'],
    ['state of another user', { 'm.room.power_levels': { state_default: 0 } }, { type: 'x', state_key: mod }, '8'],
    ['third-party invite', {}, { type: 'm.room.third_party_invite', state_key: 'token' }, 'allowed'],
    [
      'third-party invite below the level',
      { 'm.room.power_levels': { invite: 1 } },
      { type: 'm.room.third_party_invite', state_key: 'token' },
      '6',
    ],
    ['no power levels: creator', { 'm.room.power_levels': null }, { type: 'm.room.topic', state_key: '', sender: creator }, 'allowed'],
    ['no power levels: others', { 'm.room.power_levels': null }, { type: 'm.room.topic', state_key: '', sender: mod }, '7'],
    ['redaction', {}, { type: 'm.room.redaction', content: { redacts: '$x' } }, 'allowed'],
  ])('levels: %s', (_name, over, event, expected) => {
    expect(judge(version, room(version, over), event)).toBe(expected)
  })

  const base = { users: { [mod]: 50, [user]: 0 } }
  const owned: JsonObject = version.privilegedCreators ? base : { users: { ...base.users, [creator]: 100 } }
  const before = (content: JsonObject) => ({
    'm.room.power_levels': { ...owned, ...content, events: { 'm.room.power_levels': 0, ...(content.events as JsonObject) } },
  })
  const users = owned.users as JsonObject

  it.each<[string, JsonObject, string, JsonObject, string]>([
    ['same again', {}, mod, owned, 'allowed'],
    ['string level', {}, mod, { ...owned, ban: '50' }, '9.1'],
    ['list as level', {}, mod, { ...owned, ban: [50] }, '9.1'],
    ['events no object', {}, mod, { ...owned, events: [] }, '9.2'],
    ['string in events', {}, mod, { ...owned, events: { x: '5' } }, '9.2'],
    ['null in notifications', {}, mod, { ...owned, notifications: { room: null } }, '9.2'],
    ['users no object', {}, mod, { ...owned, users: [] }, '9.3'],
    ['bad user id', {}, mod, { ...owned, users: { ...users, nobody: 0 } }, '9.3'],
    ['string in users', {}, mod, { ...owned, users: { ...users, [user]: '0' } }, '9.3'],
    ['scalar within own level', {}, mod, { ...owned, ban: 40 }, 'allowed'],
    ['scalar above own level', {}, mod, { ...owned, ban: 51 }, '9.6'],
    ['scalar that was at own level', { ban: 50 }, mod, { ...owned, ban: 40 }, 'allowed'],
    ['scalar that was above own level', { ban: 60 }, mod, { ...owned, ban: 40 }, '9.6'],
    ['scalar that was above own level removed', { ban: 60 }, mod, owned, '9.6'],
    ['event level above own', {}, mod, { ...owned, events: { x: 51 } }, '9.7'],
    ['event level removed that was above own', { events: { x: 51 } }, mod, owned, '9.7'],
    ['notification level above own', {}, mod, { ...owned, notifications: { room: 51 } }, '9.7'],
    ['promote to own level', {}, mod, { ...owned, users: { ...users, [user]: 50 } }, 'allowed'],
    ['promote above own level', {}, mod, { ...owned, users: { ...users, [user]: 51 } }, '9.9'],
    ['promote oneself', {}, mod, { ...owned, users: { ...users, [mod]: 51 } }, '9.9'],
    ['demote oneself', {}, mod, { ...owned, users: { ...users, [mod]: 10 } }, 'allowed'],
    ['demote an equal', { users: { ...users, [user]: 50 } }, mod, { ...owned, users: { ...users, [user]: 0 } }, '9.8'],
    ['remove an equal', { users: { ...users, '@x:y': 50 } }, mod, owned, '9.8'],
    ['creator may do it', { users: { ...users, [user]: 50 }, ban: 90 }, creator, owned, 'allowed'],
  ])('changing power levels: %s', (_name, old, sender, content, expected) => {
    expect(judge(version, room(version, before(old)), levels(sender, { events: { 'm.room.power_levels': 0 }, ...content }))).toBe(expected)
  })

  it('takes any levels as the first ones', () => {
    expect(judge(version, room(version, { 'm.room.power_levels': null }), levels(creator, { users: { [user]: 1000 } }))).toBe('allowed')
  })
})
