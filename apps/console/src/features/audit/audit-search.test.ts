import { expect, test } from 'vitest'
import { auditFilters, auditSearch } from './audit-search.ts'

test('filters stand in the address, and nonsense counts as not there', () => {
  const search = { actor: '@a:x', operation: 'admin.users.', target: '!r:x', outcome: 'refused', since: '2026-01-31', record: '01' }
  expect(auditSearch(search)).toEqual(search)
  expect(auditSearch({ outcome: 'odd', since: 'yesterday', until: '2026-99-01', actor: '' })).toEqual({})
})

test('days are whole days, the last one included', () => {
  const { since, until } = auditFilters({ since: '2026-01-31', until: '2026-01-31' })
  expect(since).toBe(new Date(2026, 0, 31).getTime())
  expect(until).toBe(new Date(2026, 1, 1).getTime())
})
