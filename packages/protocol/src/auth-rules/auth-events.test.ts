import { describe, expect, it } from 'vitest'
import type { AuthEvent } from '../events.ts'
import type { EventId, RoomId, UserId } from '../ids.ts'
import type { JsonObject } from '../json.ts'
import { powerLevelsView } from '../power-levels.ts'
import { roomVersion } from '../room-versions.ts'
import { checkAuthEvents } from './auth-events.ts'
import { authTypesNeeded } from './auth-types.ts'
import { redactionTakesEffect } from './redaction.ts'

const a = '@a:a' as UserId
const b = '@b:b' as UserId

describe('authTypesNeeded', () => {
  const names = (type: string, stateKey: string | undefined, content: JsonObject, version = '11') =>
    authTypesNeeded({ type, sender: a, stateKey, content }, roomVersion(version)!).map(([authType, key]) =>
      key === '' ? authType.slice('m.room.'.length) : `${authType.slice('m.room.'.length)} ${key}`,
    )

  it.each<[string, string | undefined, JsonObject, string[]]>([
    ['m.room.create', '', {}, []],
    ['m.room.message', undefined, {}, ['create', 'power_levels', 'member @a:a']],
    ['m.room.topic', '', {}, ['create', 'power_levels', 'member @a:a']],
    ['m.room.member', a, { membership: 'join' }, ['create', 'power_levels', 'member @a:a', 'join_rules']],
    ['m.room.member', a, { membership: 'knock' }, ['create', 'power_levels', 'member @a:a', 'join_rules']],
    ['m.room.member', a, { membership: 'leave' }, ['create', 'power_levels', 'member @a:a']],
    ['m.room.member', b, { membership: 'ban' }, ['create', 'power_levels', 'member @a:a', 'member @b:b']],
    ['m.room.member', b, { membership: 'invite' }, ['create', 'power_levels', 'member @a:a', 'member @b:b', 'join_rules']],
    [
      'm.room.member',
      b,
      { membership: 'invite', third_party_invite: { signed: { token: 'tok' } } },
      ['create', 'power_levels', 'member @a:a', 'member @b:b', 'join_rules', 'third_party_invite tok'],
    ],
    [
      'm.room.member',
      a,
      { membership: 'join', join_authorised_via_users_server: '@c:c' },
      ['create', 'power_levels', 'member @a:a', 'join_rules', 'member @c:c'],
    ],
    [
      'm.room.member',
      a,
      { membership: 'join', join_authorised_via_users_server: a },
      ['create', 'power_levels', 'member @a:a', 'join_rules'],
    ],
  ])('%s %s %j', (type, stateKey, content, expected) => {
    expect(names(type, stateKey, content)).toEqual(expected)
    expect(names(type, stateKey, content, '12')).toEqual(expected.slice(1))
  })

  it('knows restricted joins from version 8 on', () => {
    expect(names('m.room.member', a, { membership: 'join', join_authorised_via_users_server: '@c:c' }, '7')).not.toContain('member @c:c')
  })
})

describe('checkAuthEvents', () => {
  const event = { type: 'm.room.message', sender: a, room_id: '!r:a' as RoomId, content: {}, prev_events: [] }
  const authEvent = (type: string, stateKey = ''): AuthEvent & { roomId: RoomId; rejected?: boolean } => ({
    eventId: `$${type}${stateKey}` as EventId,
    type,
    stateKey,
    sender: a,
    content: {},
    roomId: '!r:a' as RoomId,
  })
  const good = [authEvent('m.room.create'), authEvent('m.room.power_levels'), authEvent('m.room.member', a)]
  const v11 = roomVersion('11')!
  const v12 = roomVersion('12')!
  it.each([
    ['the right ones', good, v11, 'allowed'],
    ['fewer', good.slice(0, 1), v11, 'allowed'],
    ['a duplicate', [...good, authEvent('m.room.create')], v11, '2.1'],
    ['one too many', [...good, authEvent('m.room.topic')], v11, '2.2'],
    ['another member', [...good, authEvent('m.room.member', b)], v11, '2.2'],
    ['a rejected one', [good[0]!, { ...good[1]!, rejected: true }], v11, '2.3'],
    ['no create event', good.slice(1), v11, '2.4'],
    ['one of another room', [good[0]!, { ...good[1]!, roomId: '!x:a' as RoomId }], v11, '2.5'],
    ['version 12 without create', good.slice(1), v12, 'allowed'],
    ['version 12 with create', good, v12, '2.2'],
  ])('%s', (_name, authEvents, version, expected) => {
    const decision = checkAuthEvents(event, authEvents, version)
    expect(decision.allowed ? 'allowed' : decision.rule).toBe(expected)
  })

  it('allows a create event none', () => {
    expect(checkAuthEvents({ ...event, type: 'm.room.create' }, good, v11)).toMatchObject({ rule: '1.1' })
    expect(checkAuthEvents({ ...event, type: 'm.room.create' }, [], v11)).toEqual({ allowed: true })
  })
})

describe('redactionTakesEffect', () => {
  const levels = powerLevelsView({ users: { [a]: 50 } }, undefined, roomVersion('11')!)
  it.each([
    [a, b, true],
    [b, a, false],
    [b, b, true],
    [b, '@other:b' as UserId, true],
  ])('%s on an event of %s: %s', (sender, target, expected) => {
    expect(redactionTakesEffect(sender, target, levels)).toBe(expected)
  })
})
