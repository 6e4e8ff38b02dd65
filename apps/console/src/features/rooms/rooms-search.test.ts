import { expect, test } from 'vitest'
import { roomsRequest, roomsSearch } from './rooms-search.ts'

test('an address without parameters asks for all rooms by name', () => {
  expect(roomsRequest(roomsSearch({}))).toEqual({ from: 0, limit: 50, order_by: 'name', dir: 'f' })
})

test('ascending means from small to large, although the server sorts numbers the other way round', () => {
  expect(roomsRequest(roomsSearch({ sort: 'joined_members' })).dir).toBe('b')
  expect(roomsRequest(roomsSearch({ sort: 'joined_members', dir: 'b' })).dir).toBe('f')
  expect(roomsRequest(roomsSearch({ sort: 'creator', dir: 'b' })).dir).toBe('b')
})

test.each([
  ['public', { public_rooms: true }],
  ['private', { public_rooms: false }],
  ['empty', { empty_rooms: true }],
])('%s rooms only', (kind, expected) => {
  expect(roomsRequest(roomsSearch({ kind, term: 'ops', page: '2' }))).toMatchObject({ ...expected, search_term: 'ops', from: 50 })
})
