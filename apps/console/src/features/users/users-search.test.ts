import { expect, test } from 'vitest'
import { usersRequest, usersSearch } from './users-search.ts'

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
