import { describe, expect, it } from 'vitest'
import { type FilterableEvent, isRoomAllowed, matchesEventFilter, pickEventFields } from './filter-matching.ts'
import { effectiveLimit, InvalidFilterError, parseEventFilter, parseFilter } from './filters.ts'
import type { JsonObject } from './json.ts'

describe('parseFilter', () => {
  it('fills in what is absent', () => {
    const none = { lazyLoadMembers: false, includeRedundantMembers: false, unreadThreadNotifications: false }
    expect(parseFilter({ unknown: 1 })).toEqual({
      eventFormat: 'client',
      presence: none,
      accountData: none,
      room: { includeLeave: false, ephemeral: none, state: none, timeline: none, accountData: none },
    })
  })

  it('reads everything', () => {
    const filter = parseFilter({
      event_fields: ['type'],
      event_format: 'federation',
      room: {
        rooms: ['!a:b'],
        not_rooms: [],
        include_leave: true,
        state: { lazy_load_members: true, include_redundant_members: true },
        timeline: {
          limit: 5,
          types: ['m.*'],
          not_types: ['x'],
          senders: ['@a:b'],
          not_senders: ['@c:d'],
          contains_url: false,
          unread_thread_notifications: true,
          related_by_rel_types: ['m.thread'],
          related_by_senders: ['@a:b'],
        },
      },
    })
    expect(filter).toMatchObject({ eventFields: ['type'], eventFormat: 'federation' })
    expect(filter.room).toMatchObject({
      rooms: ['!a:b'],
      notRooms: [],
      includeLeave: true,
      state: { lazyLoadMembers: true, includeRedundantMembers: true },
    })
    expect(filter.room.timeline).toEqual({
      limit: 5,
      types: ['m.*'],
      notTypes: ['x'],
      senders: ['@a:b'],
      notSenders: ['@c:d'],
      containsUrl: false,
      lazyLoadMembers: false,
      includeRedundantMembers: false,
      unreadThreadNotifications: true,
      relatedByRelTypes: ['m.thread'],
      relatedBySenders: ['@a:b'],
    })
  })

  it.each([
    null,
    [],
    'x',
    { room: null },
    { room: [] },
    { presence: 5 },
    { event_format: 'x' },
    { event_fields: 'type' },
    { room: { include_leave: 'yes' } },
    { room: { rooms: ['x'] } },
    { room: { timeline: { limit: 'x' } } },
    { room: { timeline: { limit: -1 } } },
    { room: { timeline: { limit: null } } },
    { room: { timeline: { types: null } } },
    { room: { timeline: { types: [5] } } },
    { room: { timeline: { senders: ['x'] } } },
    { room: { state: { lazy_load_members: 1 } } },
    { room: { state: { lazy_load_members: null } } },
    { account_data: { contains_url: 'x' } },
  ])('refuses %j', (json) => {
    expect(() => parseFilter(json)).toThrow(InvalidFilterError)
  })

  it('names the wrong key', () => {
    expect(() => parseFilter({ room: { timeline: { types: 5 } } })).toThrow('room.timeline.types must be a list of strings')
  })

  it.each([
    [{}, 10],
    [{ limit: 0 }, 0],
    [{ limit: 5 }, 5],
    [{ limit: 5000 }, 100],
  ])('limits %j to %d', (json, limit) => {
    expect(effectiveLimit(parseEventFilter(json))).toBe(limit)
  })
})

describe('matchesEventFilter', () => {
  const event: FilterableEvent = { type: 'm.room.message', sender: '@a:b', room_id: '!r:b', content: {} }
  it.each<[JsonObject, Partial<FilterableEvent>, boolean]>([
    [{}, {}, true],
    [{ types: ['m.room.*'] }, {}, true],
    [{ types: ['*.message'] }, {}, true],
    [{ types: ['m.room'] }, {}, false],
    [{ types: [] }, {}, false],
    [{ types: ['*'], not_types: ['m.room.message'] }, {}, false],
    [{ not_types: [] }, {}, true],
    [{ senders: ['@a:b'] }, {}, true],
    [{ senders: [] }, {}, false],
    [{ senders: ['@a:b'], not_senders: ['@a:b'] }, {}, false],
    [{ senders: ['@a:b'] }, { sender: undefined }, false],
    [{ not_senders: ['@a:b'] }, { sender: undefined }, true],
    [{ rooms: ['!r:b'] }, {}, true],
    [{ rooms: ['!x:b'] }, {}, false],
    [{ not_rooms: ['!r:b'] }, {}, false],
    [{ contains_url: true }, {}, false],
    [{ contains_url: true }, { content: { url: 'mxc://a/b' } }, true],
    [{ contains_url: true }, { content: { url: 5 } }, false],
    [{ contains_url: false }, { content: { url: 'mxc://a/b' } }, false],
    [{ contains_url: false }, {}, true],
    [{ related_by_rel_types: ['m.thread'] }, {}, false],
    [{ related_by_rel_types: ['m.thread'] }, { relatedBy: [{ sender: '@a:b', relType: 'm.thread' }] }, true],
    [{ related_by_rel_types: ['m.thread'], related_by_senders: ['@x:y'] }, { relatedBy: [{ sender: '@a:b', relType: 'm.thread' }] }, false],
  ])('%j on %j: %s', (filter, over, expected) => {
    expect(matchesEventFilter(parseEventFilter(filter), { ...event, ...over })).toBe(expected)
  })

  it('lets not_rooms win', () => {
    expect(isRoomAllowed({ rooms: ['!r:b'], notRooms: ['!r:b'] }, '!r:b')).toBe(false)
    expect(isRoomAllowed({}, '!r:b')).toBe(true)
  })
})

describe('pickEventFields', () => {
  const event = { type: 't', content: { body: 'b', 'a.b': 1, deep: { x: 1, y: 2 } }, sender: '@a:b' }
  it.each<[string[], object]>([
    [['type'], { type: 't' }],
    [['content.body', 'sender'], { content: { body: 'b' }, sender: '@a:b' }],
    [['content.deep.x', 'content.deep.y', 'content.body'], { content: { deep: { x: 1, y: 2 }, body: 'b' } }],
    [['content.a\\.b'], { content: { 'a.b': 1 } }],
    [['content.missing', 'missing.x', 'type.x'], {}],
    [['__proto__.x', 'constructor'], {}],
  ])('keeps %j', (fields, expected) => {
    expect(pickEventFields(event, fields)).toEqual(expected)
    expect(event.content.deep).toEqual({ x: 1, y: 2 })
  })
})
