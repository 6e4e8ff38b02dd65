import { describe, expect, it } from 'vitest'
import { redactsOf, toClientEvent } from './client-event.ts'
import type { Pdu } from './events.ts'
import { canSeeEvent, historyVisibilityOf, type VisibilityInput } from './history-visibility.ts'
import type { EventId, RoomId, UserId } from './ids.ts'
import { stripStateEvent } from './stripped-state.ts'

const eventId = '$e' as EventId
const pdu = {
  type: 'm.room.topic',
  room_id: '!r:a' as RoomId,
  sender: '@a:a' as UserId,
  state_key: '',
  content: { topic: 'x' },
  origin_server_ts: 5,
  depth: 1,
  prev_events: [],
  auth_events: [],
  hashes: { sha256: 'x' },
  signatures: {},
  unsigned: { age: 1 },
} satisfies Pdu

describe('toClientEvent', () => {
  it('leaves out what is between servers', () => {
    expect(toClientEvent(pdu, eventId)).toEqual({
      type: 'm.room.topic',
      event_id: '$e',
      sender: '@a:a',
      state_key: '',
      content: { topic: 'x' },
      origin_server_ts: 5,
    })
  })

  it('adds room id and unsigned when given', () => {
    const { state_key: _state, room_id: _room, ...message } = pdu
    const event = toClientEvent(message, eventId, { roomId: '!r' as RoomId, unsigned: { age: 2 } })
    expect(event).toMatchObject({ room_id: '!r', unsigned: { age: 2 } })
    expect(event).not.toHaveProperty('state_key')
  })

  it.each([
    ['at the top level', { redacts: '$t' as EventId, content: { reason: 'r' } }],
    ['in content', { content: { reason: 'r', redacts: '$t' } }],
  ])('serves redacts in both places when stored %s', (_name, over) => {
    const redaction = { ...pdu, type: 'm.room.redaction', ...over }
    expect(toClientEvent(redaction, eventId)).toMatchObject({ redacts: '$t', content: { reason: 'r', redacts: '$t' } })
    expect(redactsOf(redaction)).toBe('$t')
  })

  it('takes redacts only on redactions', () => {
    expect(toClientEvent({ ...pdu, redacts: '$t' as EventId }, eventId)).not.toHaveProperty('redacts')
    expect(redactsOf({ ...pdu, redacts: '$t' as EventId })).toBeUndefined()
    expect(redactsOf({ ...pdu, type: 'm.room.redaction', content: { redacts: 5 } })).toBeUndefined()
  })

  it('strips state', () => {
    expect(stripStateEvent({ ...pdu, stateKey: '' })).toEqual({
      type: 'm.room.topic',
      state_key: '',
      sender: '@a:a',
      content: { topic: 'x' },
    })
  })
})

describe('canSeeEvent', () => {
  const outside: VisibilityInput = { visibility: 'shared', membershipAtEvent: 'leave', isJoinedLater: false }
  it.each<[Partial<VisibilityInput>, boolean]>([
    [{}, false],
    [{ isJoinedLater: true }, true],
    [{ membershipAtEvent: 'join' }, true],
    [{ membershipAtEvent: 'invite' }, false],
    [{ visibility: 'world_readable' }, true],
    [{ visibility: 'world_readable', membershipAtEvent: 'ban' }, true],
    [{ visibility: 'invited', isJoinedLater: true }, false],
    [{ visibility: 'invited', membershipAtEvent: 'invite' }, true],
    [{ visibility: 'invited', membershipAtEvent: 'knock' }, false],
    [{ visibility: 'joined', membershipAtEvent: 'invite', isJoinedLater: true }, false],
    [{ visibility: 'joined', membershipAtEvent: 'join' }, true],
    [{ visibility: 'joined', previousVisibility: 'world_readable' }, true],
    [{ visibility: 'world_readable', previousVisibility: 'joined' }, true],
    [{ visibility: 'joined', membershipAtEvent: 'leave', membershipBefore: 'join' }, true],
    [{ visibility: 'joined', membershipAtEvent: 'join', membershipBefore: 'leave' }, true],
    [{ visibility: 'joined', membershipAtEvent: 'leave', membershipBefore: 'invite' }, false],
  ])('%j: %s', (over, expected) => {
    expect(canSeeEvent({ ...outside, ...over })).toBe(expected)
  })

  it.each([undefined, 'nonsense', 5, 'shared'])('reads %s as shared', (value) => {
    expect(historyVisibilityOf(value)).toBe('shared')
  })
})
