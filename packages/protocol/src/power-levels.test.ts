import { describe, expect, it } from 'vitest'
import type { UserId } from './ids.ts'
import type { JsonObject } from './json.ts'
import { defaultPowerLevels, powerLevelsView, type RoomPreset } from './power-levels.ts'
import { roomVersion } from './room-versions.ts'

const creator = '@creator:a' as UserId
const other = '@other:a' as UserId
const user = '@user:a' as UserId
const v10 = roomVersion('10')!
const v11 = roomVersion('11')!
const v12 = roomVersion('12')!

describe('powerLevelsView', () => {
  it('fills in the defaults', () => {
    const view = powerLevelsView({}, { sender: creator, content: {} }, v11)
    expect(view).toMatchObject({ ban: 50, kick: 50, redact: 50, invite: 0, stateDefault: 50, eventsDefault: 0, usersDefault: 0 })
    expect([view.of(creator), view.required('x', true), view.required('x', false), view.notifications('room')]).toEqual([0, 50, 0, 50])
  })

  it('reads what is there', () => {
    const content = {
      users: { [user]: 7 },
      users_default: 1,
      events: { x: 3 },
      events_default: 2,
      state_default: 4,
      invite: 5,
      notifications: { room: 6 },
    }
    const view = powerLevelsView(content, undefined, v11)
    expect([view.of(user), view.of(other), view.required('x', true), view.required('y', false), view.required('y', true)]).toEqual([
      7, 1, 3, 2, 4,
    ])
    expect([view.invite, view.notifications('room'), view.notifications('other')]).toEqual([5, 6, 50])
  })

  it('gives the creator 100 where there are no levels', () => {
    expect(powerLevelsView(undefined, { sender: creator, content: {} }, v11).of(creator)).toBe(100)
    expect(powerLevelsView(undefined, { sender: other, content: { creator } }, v10).of(creator)).toBe(100)
    expect(powerLevelsView(undefined, { sender: other, content: { creator } }, v10).of(other)).toBe(0)
  })

  it('puts the creators of version 12 above everything', () => {
    const create = { sender: creator, content: { additional_creators: [other] } }
    const view = powerLevelsView({ users: { [creator]: 1, [user]: 100 } }, create, v12)
    expect([view.of(creator), view.of(other), view.of(user)]).toEqual([Infinity, Infinity, 100])
    expect(powerLevelsView({}, create, v11).of(creator)).toBe(0)
  })

  it.each<[string, JsonObject]>([
    ['malformed values', { users: [] as never, events: 'x', ban: '60', users_default: null }],
    ['names from the prototype', { users: {}, events: {} }],
  ])('falls back to defaults for %s', (_name, content) => {
    const view = powerLevelsView(content, undefined, v11)
    expect([view.of('constructor'), view.required('__proto__', true), view.required('toString', false), view.ban]).toEqual([0, 50, 0, 50])
  })

  it('reads strings only before version 10', () => {
    expect(powerLevelsView({ ban: '60' }, undefined, roomVersion('9')!).ban).toBe(60)
    expect(powerLevelsView({ ban: '60' }, undefined, v10).ban).toBe(50)
  })
})

describe('defaultPowerLevels', () => {
  it.each<[RoomPreset, number]>([
    ['private_chat', 0],
    ['trusted_private_chat', 0],
    ['public_chat', 50],
  ])('%s: level %d for invites', (preset, invite) => {
    expect(defaultPowerLevels({ creator, preset, version: v11 })).toMatchObject({
      users: { [creator]: 100 },
      invite,
      events: { 'm.room.tombstone': 100 },
    })
  })

  it("gives invitees of trusted rooms the creator's level", () => {
    const options = { creator, version: v11, invitees: [user] }
    expect(defaultPowerLevels({ ...options, preset: 'trusted_private_chat' }).users).toEqual({ [creator]: 100, [user]: 100 })
    expect(defaultPowerLevels({ ...options, preset: 'private_chat' }).users).toEqual({ [creator]: 100 })
  })

  it('leaves creators out in version 12', () => {
    const levels = defaultPowerLevels({ creator, preset: 'trusted_private_chat', version: v12, invitees: [user] })
    expect(levels).toMatchObject({ users: {}, events: { 'm.room.tombstone': 150 } })
  })
})
