import { describe, expect, it } from 'vitest'
import type { Pdu } from './events.ts'
import type { JsonObject } from './json.ts'
import { redactContent, redactPdu } from './redaction.ts'
import { roomVersion } from './room-versions.ts'

const redactIn = (version: string, type: string, content: JsonObject) => redactContent(type, content, roomVersion(version)!)

describe('redactContent', () => {
  const memberContent = {
    membership: 'invite',
    displayname: 'x',
    join_authorised_via_users_server: '@a:b',
    third_party_invite: { display_name: 'y', signed: { token: 't' } },
  }
  const levels = { ban: 1, events: {}, events_default: 2, kick: 3, redact: 4, state_default: 5, users: {}, users_default: 6 }
  it.each<[string, string, JsonObject, JsonObject]>([
    ['8', 'm.room.member', memberContent, { membership: 'invite' }],
    ['9', 'm.room.member', memberContent, { membership: 'invite', join_authorised_via_users_server: '@a:b' }],
    [
      '11',
      'm.room.member',
      memberContent,
      { membership: 'invite', join_authorised_via_users_server: '@a:b', third_party_invite: { signed: { token: 't' } } },
    ],
    ['11', 'm.room.member', { membership: 'invite', third_party_invite: 'x' }, { membership: 'invite' }],
    ['11', 'm.room.member', { third_party_invite: { display_name: 'y' } }, { third_party_invite: {} }],
    ['10', 'm.room.create', { creator: '@a:b', room_version: '10', 'm.federate': false }, { creator: '@a:b' }],
    ['11', 'm.room.create', { room_version: '11', x: 1 }, { room_version: '11', x: 1 }],
    ['7', 'm.room.join_rules', { join_rule: 'restricted', allow: [], x: 1 }, { join_rule: 'restricted' }],
    ['8', 'm.room.join_rules', { join_rule: 'restricted', allow: [], x: 1 }, { join_rule: 'restricted', allow: [] }],
    ['10', 'm.room.power_levels', { ...levels, invite: 7, notifications: {}, historical: 1 }, levels],
    ['11', 'm.room.power_levels', { ...levels, invite: 7, notifications: {}, historical: 1 }, { ...levels, invite: 7 }],
    ['6', 'm.room.history_visibility', { history_visibility: 'shared', x: 1 }, { history_visibility: 'shared' }],
    ['6', 'm.room.aliases', { aliases: ['#a:b'] }, {}],
    ['10', 'm.room.redaction', { redacts: '$x', reason: 'r' }, {}],
    ['11', 'm.room.redaction', { redacts: '$x', reason: 'r' }, { redacts: '$x' }],
    ['12', 'm.room.message', { body: 'x' }, {}],
  ])('version %s, %s %j', (version, type, content, kept) => {
    expect(redactIn(version, type, content)).toEqual(kept)
  })
})

describe('redactPdu', () => {
  const pdu = {
    type: 'm.room.message',
    room_id: '!r:a',
    sender: '@a:a',
    content: { body: 'x' },
    origin_server_ts: 1,
    depth: 2,
    prev_events: ['$p'],
    auth_events: ['$a'],
    hashes: { sha256: 'h' },
    signatures: { a: { 'ed25519:1': 's' } },
    redacts: '$x',
    unsigned: { age: 1 },
    origin: 'a',
    prev_state: [],
    membership: 'join',
    other: 1,
  } as unknown as Pdu

  it('keeps only what the room needs', () => {
    const { unsigned: _u, redacts: _r, other: _o, ...kept } = pdu as unknown as JsonObject
    expect(redactPdu(pdu, roomVersion('10')!)).toEqual({ ...kept, content: {} })
    const { origin: _1, prev_state: _2, membership: _3, ...kept11 } = kept
    expect(redactPdu(pdu, roomVersion('11')!)).toEqual({ ...kept11, content: {} })
  })

  it('keeps an empty state key and leaves the event alone', () => {
    const state = { ...pdu, type: 'm.room.topic', state_key: '' }
    expect(redactPdu(state, roomVersion('11')!).state_key).toBe('')
    expect(state.content).toEqual({ body: 'x' })
  })
})
