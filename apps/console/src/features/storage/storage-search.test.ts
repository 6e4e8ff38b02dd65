import { expect, test } from 'vitest'
import { storageSearch, uploadersRequest } from './storage-search.ts'

test.each([
  [{}, { order_by: 'media_length', dir: 'b', from: 0 }],
  [{ order: 'turned' }, { order_by: 'media_length', dir: 'f' }],
  [{ sort: 'user_id' }, { order_by: 'user_id', dir: 'f' }],
  [
    { sort: 'user_id', order: 'turned', page: 3, name: 'ali' },
    { order_by: 'user_id', dir: 'b', from: 100, search_term: 'ali' },
  ],
  [
    { sort: 'odd', page: 0, tab: 'odd' },
    { order_by: 'media_length', dir: 'b', from: 0 },
  ],
])('the address %j asks for %j', (raw, request) => {
  expect(uploadersRequest(storageSearch(raw))).toMatchObject(request)
})
