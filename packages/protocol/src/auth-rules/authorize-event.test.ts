import { describe, expect, it } from 'vitest'
import type { AuthEvent } from '../events.ts'
import type { EventId, RoomId, UserId } from '../ids.ts'
import type { JsonObject } from '../json.ts'
import { type RoomVersion, roomVersion } from '../room-versions.ts'
import { parseSigningKey, signJson } from '../signing.ts'
import { authorizeEvent } from './authorize-event.ts'
import type { AuthDecision, EventToAuthorize } from './decision.ts'

const creator = '@creator:a'
const mod = '@mod:a' // level 50
const user = '@user:b' // level 0
const target = '@target:b' // never in the room
const versions = ['10', '11', '12'].map((id) => roomVersion(id)!)
const createId = '$create' as EventId

type State = Record<string, { content: JsonObject; sender?: string }>

/** A room with creator, moderator and user joined. Keys of `over` are `type` or `type|stateKey`; null takes an event away. */
function room(version: RoomVersion, over: Record<string, JsonObject | null> = {}): State {
  const state: State = {}
  const add = (key: string, content: JsonObject) => {
    state[key.includes('|') ? key : `${key}|`] = { content, sender: creator }
  }
  add('m.room.create', version.creatorInContent ? { room_version: version.id, creator } : { room_version: version.id })
  for (const member of [creator, mod, user]) add(`m.room.member|${member}`, { membership: 'join' })
  add('m.room.power_levels', { users: { ...(version.privilegedCreators ? {} : { [creator]: 100 }), [mod]: 50 } })
  add('m.room.join_rules', { join_rule: 'invite' })
  for (const [key, content] of Object.entries(over)) {
    if (content === null) delete state[key.includes('|') ? key : `${key}|`]
    else add(key, content)
  }
  return state
}

type EventOver = {
  type?: string
  sender?: string
  state_key?: string | undefined
  content?: JsonObject
  room_id?: RoomId | undefined
  prev_events?: EventId[]
}

function decide(version: RoomVersion, state: State, over: EventOver): AuthDecision {
  const base = {
    type: 'm.room.message',
    sender: user,
    room_id: version.roomIdIsCreateHash ? '!create' : '!r:a',
    content: {},
    prev_events: ['$prev'],
  }
  const event = Object.fromEntries(Object.entries({ ...base, ...over }).filter(([, value]) => value !== undefined)) as EventToAuthorize
  const lookUp = (type: string, stateKey: string): AuthEvent | undefined => {
    const found = state[`${type}|${stateKey}`]
    if (found === undefined) return undefined
    return {
      eventId: (type === 'm.room.create' ? createId : `$${type}|${stateKey}`) as EventId,
      type,
      stateKey,
      sender: (found.sender ?? creator) as UserId,
      content: found.content,
    }
  }
  return authorizeEvent(event, lookUp, version)
}

/** `allowed`, or the rule that was broken. */
function judge(version: RoomVersion, state: State, over: EventOver): string {
  const decision = decide(version, state, over)
  if (!decision.allowed) expect(decision.reason).toMatch(/^\S.{8,}/)
  return decision.allowed ? 'allowed' : decision.rule
}

const member = (sender: string, stateKey: string, membership: string, more: JsonObject = {}): EventOver => ({
  type: 'm.room.member',
  sender,
  state_key: stateKey,
  content: { membership, ...more },
})
const is = (membership: string) => ({ membership })
const levels = (sender: string, content: JsonObject): EventOver => ({ type: 'm.room.power_levels', sender, state_key: '', content })

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
