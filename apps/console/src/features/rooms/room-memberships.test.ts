import { expect, test } from 'vitest'
import { membersOf } from './room-memberships.ts'

const member = (userId: string, membership: string, displayname?: string) => ({
  type: 'm.room.member',
  state_key: userId,
  content: { membership, ...(displayname !== undefined && { displayname }) },
})
const levels = { type: 'm.room.power_levels', state_key: '', content: { users: { '@mod:x': 50 }, users_default: 1 } }
const create = (version: string) => ({ type: 'm.room.create', state_key: '', sender: '@boss:x', content: { room_version: version } })

test('members come with names and power, the strongest first', () => {
  const state = [
    create('10'),
    levels,
    member('@z:x', 'join', 'Anna'),
    member('@b:x', 'join'),
    member('@mod:x', 'join'),
    member('@c:x', 'ban'),
  ]
  expect(membersOf(state, 'join')).toEqual([
    { userId: '@mod:x', name: undefined, powerLevel: 50, isCreator: false },
    { userId: '@b:x', name: undefined, powerLevel: 1, isCreator: false },
    { userId: '@z:x', name: 'Anna', powerLevel: 1, isCreator: false },
  ])
  expect(membersOf(state, 'ban').map(({ userId }) => userId)).toEqual(['@c:x'])
})

test('creators stand above all levels from room version 12 on', () => {
  const state = [member('@mod:x', 'join'), member('@boss:x', 'join'), levels]
  expect(membersOf([...state, create('12')], 'join').map(({ userId, isCreator }) => [userId, isCreator])).toEqual([
    ['@boss:x', true],
    ['@mod:x', false],
  ])
  expect(membersOf([...state, create('11')], 'join')[0]).toMatchObject({ userId: '@mod:x' })
})
