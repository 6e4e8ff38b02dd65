import { expect, test } from 'vitest'
import { richFilters, richOrder, userSelection, usersRequest, usersSearch } from './users-search.ts'

test('an address without parameters asks for active accounts by name', () => {
  expect(usersRequest(usersSearch({}))).toEqual({
    from: 0,
    limit: 50,
    order_by: 'name',
    dir: 'f',
    guests: true,
    locked: true,
    deactivated: false,
  })
})

test('every parameter reaches the request', () => {
  const search = usersSearch({
    name: 'ali',
    state: 'all',
    admins: true,
    withoutGuests: true,
    withoutLocked: true,
    sort: 'creation_ts',
    dir: 'b',
    page: 3,
  })
  expect(usersRequest(search)).toEqual({
    from: 100,
    limit: 50,
    order_by: 'creation_ts',
    dir: 'b',
    guests: false,
    locked: false,
    name: 'ali',
    admins: true,
  })
})

test('what does not fit is left out', () => {
  expect(usersSearch({ name: '', state: 'odd', admins: 'yes', sort: 'password', dir: 'f', page: -1, other: 1 })).toEqual({})
  expect(usersSearch({ page: 1e300, name: 42 })).toEqual({ name: '42' })
})

const DAY_MS = 86_400_000

test('filters that only Glia has reach its selection, with days counted back', () => {
  const search = usersSearch({
    name: 'ali',
    admins: true,
    withoutGuests: true,
    withoutLocked: true,
    role: 'support',
    restriction: 'suspended',
    type: 'none',
    appservice: 'no',
    device: 'no',
    seen: 'not-90',
    created: 7,
    ip: '192.0.2.7',
  })
  expect(Object.keys(richFilters(search))).toHaveLength(8)
  expect(userSelection(search, 100 * DAY_MS)).toEqual({
    search: 'ali',
    admin: true,
    guest: false,
    locked: false,
    deactivated: false,
    role: 'support',
    suspended: true,
    user_type: 'none',
    appservice: false,
    has_device: false,
    last_seen_before: 10 * DAY_MS,
    created_after: 93 * DAY_MS,
    ip: '192.0.2.7',
  })
})

test('who is locked is looked for although the locked are left out', () => {
  const search = usersSearch({ restriction: 'locked', withoutLocked: true, state: 'all', seen: 'within-1', device: 'yes' })
  expect(userSelection(search, 2 * DAY_MS)).toEqual({ locked: true, last_seen_after: DAY_MS, has_device: true })
})

test('all accounts without any filter are no selection, and Glia sorts by what it can', () => {
  expect(userSelection(usersSearch({ state: 'all' }), 0)).toEqual({})
  expect(richFilters(usersSearch({ name: 'ali', restriction: 'odd', created: 8, seen: 'not-1' }))).toEqual({})
  expect(richOrder({ sort: 'last_seen_ts', dir: 'b' })).toEqual({ order_by: 'last_seen', dir: 'b' })
  expect(richOrder({ sort: 'displayname' })).toEqual({ order_by: 'user_id', dir: 'f' })
})
