import { expect, test } from 'vitest'
import { reportsRequest, reportsSearch } from './reports-search.ts'

test('an address without anything means the new reports', () => {
  expect(reportsSearch({})).toEqual({})
  expect(reportsRequest({})).toEqual({ limit: 50, state: 'new' })
})

test('what stands in the address is asked for, and nonsense counts as not there', () => {
  const search = reportsSearch({ state: 'all', kind: 'room', assignee: 'none', about: '@a:x', from: '70' })
  expect(search).toEqual({ state: 'all', kind: 'room', assignee: 'none', about: '@a:x', from: 70 })
  expect(reportsRequest(search)).toEqual({ limit: 50, kind: 'room', assignee: 'none', target_user_id: '@a:x', from: 70 })
  expect(reportsSearch({ state: 'new', kind: 'x', from: -1, room: '' })).toEqual({})
})
