import { describe, expect, it } from 'vitest'
import { stateMapKey } from '../events.ts'
import type { UserId } from '../ids.ts'
import { roomVersion } from '../room-versions.ts'
import { authDifference, fullAuthChain } from './auth-difference.ts'
import { conflictedSubgraph } from './conflicted-subgraph.ts'
import { sortByMainline } from './mainline-sort.ts'
import { powerEventsWithAuthChain, sortByPower } from './power-sort.ts'
import { resolveState } from './resolve.ts'
import { splitConflicted } from './split-conflicted.ts'
import { alice, bob, carol, Graph, id, shuffler } from './test-graph.ts'

const topic = stateMapKey('m.room.topic', '')
const powerLevels = stateMapKey('m.room.power_levels', '')
const joinRules = stateMapKey('m.room.join_rules', '')
const member = (user: UserId) => stateMapKey('m.room.member', user)

interface Scenario {
  name: string
  build(graph: Graph): string[]
  expected: Record<string, string | undefined>
}

const scenarios: Scenario[] = [
  {
    name: 'a ban wins over what the banned user does meanwhile',
    build(graph) {
      graph.add('ban', alice, 'm.room.member', bob, { membership: 'ban' }, ['carol'])
      graph.add('topic', bob, 'm.room.topic', '', { topic: 'x' }, ['carol'])
      return ['ban', 'topic']
    },
    expected: { [member(bob)]: 'ban', [topic]: undefined },
  },
  {
    name: 'the higher level wins: a ban by the creator undoes a promotion by the banned user',
    build(graph) {
      graph.add('promotion', bob, 'm.room.power_levels', '', graph.levels({ [bob]: 50, [carol]: 50 }), ['carol'])
      graph.add('ban', alice, 'm.room.member', bob, { membership: 'ban' }, ['carol'])
      return ['promotion', 'ban']
    },
    expected: { [member(bob)]: 'ban', [powerLevels]: 'levels' },
  },
  {
    name: 'the later of two topics under the same levels wins',
    build(graph) {
      graph.add('early', alice, 'm.room.topic', '', { topic: 'x' }, ['carol'], 100)
      graph.add('late', bob, 'm.room.topic', '', { topic: 'y' }, ['carol'], 200)
      return ['late', 'early']
    },
    expected: { [topic]: 'late' },
  },
  {
    name: 'of two topics with the same time the larger event id wins',
    build(graph) {
      graph.add('a', alice, 'm.room.topic', '', { topic: 'x' }, ['carol'], 100)
      graph.add('b', alice, 'm.room.topic', '', { topic: 'y' }, ['carol'], 100)
      return ['a', 'b']
    },
    expected: { [topic]: 'b' },
  },
  {
    name: 'a topic under newer levels wins over a later one under older levels',
    build(graph) {
      graph.add('old', bob, 'm.room.topic', '', { topic: 'x' }, ['carol'], 900)
      graph.add('new-levels', alice, 'm.room.power_levels', '', graph.levels({ [bob]: 60 }), ['carol'], 100)
      graph.add('new', bob, 'm.room.topic', '', { topic: 'y' }, ['new-levels'], 101)
      return ['old', 'new']
    },
    expected: { [topic]: 'new', [powerLevels]: 'new-levels' },
  },
  {
    name: 'a demotion undoes the topic of the demoted user',
    build(graph) {
      graph.add('demotion', alice, 'm.room.power_levels', '', graph.levels({ [bob]: 0 }), ['carol'])
      graph.add('topic', bob, 'm.room.topic', '', { topic: 'x' }, ['carol'])
      return ['demotion', 'topic']
    },
    expected: { [powerLevels]: 'demotion', [topic]: undefined },
  },
  {
    name: 'nobody slips in past a join rule that was tightened meanwhile',
    build(graph) {
      graph.add('invite-only', alice, 'm.room.join_rules', '', { join_rule: 'invite' }, ['carol'])
      graph.add('dave', '@dave:d' as UserId, 'm.room.member', '@dave:d', { membership: 'join' }, ['carol'])
      return ['invite-only', 'dave']
    },
    expected: { [joinRules]: 'invite-only', [member('@dave:d' as UserId)]: undefined },
  },
  {
    name: 'levels that were never allowed do not come in through a fork',
    build(graph) {
      graph.add('grab', carol, 'm.room.power_levels', '', graph.levels({ [carol]: 100 }), ['carol'])
      graph.add('topic', bob, 'm.room.topic', '', { topic: 'x' }, ['carol'])
      return ['grab', 'topic']
    },
    expected: { [powerLevels]: 'levels', [topic]: 'topic' },
  },
  {
    name: 'what only one branch has stays if it is allowed',
    build(graph) {
      graph.add('dave', '@dave:d' as UserId, 'm.room.member', '@dave:d', { membership: 'join' }, ['carol'])
      graph.add('topic', bob, 'm.room.topic', '', { topic: 'x' }, ['carol'])
      return ['dave', 'topic', 'carol']
    },
    expected: { [member('@dave:d' as UserId)]: 'dave', [topic]: 'topic' },
  },
]

describe.each(['6', '10', '11', '12'].map((version) => roomVersion(version)!))('resolveState in version $id', (version) => {
  it.each(scenarios)('$name', ({ build, expected }) => {
    const graph = new Graph(version)
    const branches = build(graph)
    for (let seed = 1; seed <= 10; seed++) {
      const resolved = graph.stateAfter(branches, shuffler(seed))
      for (const [key, name] of Object.entries(expected)) expect(resolved.get(key), key).toBe(name === undefined ? undefined : id(name))
      expect(resolved.get(stateMapKey('m.room.create', ''))).toBe('$create')
      expect(resolved.get(member(alice))).toBe('$alice')
    }
  })

  it('judges by the undisputed state only in v2, and in v2.1 by the state in which events were sent', () => {
    const graph = new Graph(version)
    graph.add('invite-only', alice, 'm.room.join_rules', '', { join_rule: 'invite' }, ['bob'])
    const without = graph.stateAfter(['invite-only'])
    // Carol's join was sent while the room was public; both branches have the stricter rule since.
    const sets = [without, new Map(without).set(member(carol), id('carol'))]
    const resolved = resolveState(sets, graph.load, version)
    expect(resolved.get(joinRules)).toBe('$invite-only')
    expect(resolved.get(member(carol))).toBe(version.stateResolution === 'v2.1' ? '$carol' : undefined)
  })

  it('keeps rejected events out', () => {
    const graph = new Graph(version)
    graph.add('topic', bob, 'm.room.topic', '', { topic: 'x' }, ['carol'])
    graph.events.get(id('topic'))!.rejected = true
    expect(graph.stateAfter(['topic', 'carol']).has(topic)).toBe(false)
  })

  it('gives the common state where nothing differs', () => {
    const graph = new Graph(version)
    expect(graph.stateAfter(['carol', 'carol'])).toEqual(graph.stateAfter(['carol']))
  })
})

describe('the steps', () => {
  const version = roomVersion('11')!

  it('splits what all agree on from what they do not', () => {
    const sets = [
      new Map([
        ['a', id('1')],
        ['b', id('2')],
        ['c', id('3')],
      ]),
      new Map([
        ['a', id('1')],
        ['b', id('4')],
      ]),
    ]
    const { unconflicted, conflicted } = splitConflicted(sets)
    expect([...unconflicted]).toEqual([['a', '$1']])
    expect([...conflicted].sort()).toEqual(['$2', '$3', '$4'])
  })

  it('finds auth chains and their difference', () => {
    const graph = new Graph(version)
    graph.add('topic', bob, 'm.room.topic', '', {}, ['carol'])
    expect([...fullAuthChain([id('bob')], graph.load)].sort()).toEqual(['$alice', '$create', '$levels', '$public'])
    expect([...authDifference([graph.stateAfter(['topic']), graph.stateAfter(['carol'])], graph.load)]).toEqual(['$topic'])
    expect([...authDifference([graph.stateAfter(['public']), graph.stateAfter(['carol'])], graph.load)].sort()).toEqual(['$bob', '$carol'])
  })

  it('finds the events between conflicted ones', () => {
    const graph = new Graph(version)
    graph.add('levels2', alice, 'm.room.power_levels', '', graph.levels({ [bob]: 60 }), ['carol'])
    graph.add('levels3', alice, 'm.room.power_levels', '', graph.levels({ [bob]: 70 }), ['levels2'])
    expect([...conflictedSubgraph(new Set([id('levels'), id('levels3')]), graph.load)].sort()).toEqual(['$levels', '$levels2', '$levels3'])
    expect([...conflictedSubgraph(new Set([id('levels3')]), graph.load)]).toEqual(['$levels3'])
  })

  it('sorts power events after what they rest on, then by level, time and id', () => {
    const graph = new Graph(version)
    graph.add('kick', bob, 'm.room.member', carol, { membership: 'leave' }, ['carol'], 50)
    graph.add('rules-a', alice, 'm.room.join_rules', '', { join_rule: 'invite' }, ['carol'], 80)
    graph.add('rules-b', alice, 'm.room.join_rules', '', { join_rule: 'knock' }, ['carol'], 70)
    graph.add('rules-c', alice, 'm.room.join_rules', '', { join_rule: 'invite' }, ['carol'], 70)
    graph.add('levels2', alice, 'm.room.power_levels', '', graph.levels({ [bob]: 0 }), ['carol'], 90)
    graph.add('levels3', alice, 'm.room.power_levels', '', graph.levels({ [bob]: 10 }), ['levels2'], 10)
    graph.add('leave', carol, 'm.room.member', carol, { membership: 'leave' }, ['carol'])
    const set = new Set(['kick', 'rules-a', 'rules-b', 'rules-c', 'levels3', 'levels2', 'leave'].map(id))
    const power = powerEventsWithAuthChain(set, graph.load)
    expect(power.has(id('leave'))).toBe(false)
    expect(sortByPower(power, graph.load, version).map(({ eventId }) => eventId)).toEqual([
      '$rules-b',
      '$rules-c',
      '$rules-a',
      '$levels2',
      '$levels3',
      '$kick',
    ])
  })

  it('sorts the rest by how old their levels are, then by time and id', () => {
    const graph = new Graph(version)
    graph.add('t-old', alice, 'm.room.topic', '', {}, ['carol'], 900)
    graph.add('levels2', alice, 'm.room.power_levels', '', graph.levels({ [bob]: 60 }), ['carol'], 1)
    graph.add('t-b', alice, 'm.room.topic', '', {}, ['levels2'], 100)
    graph.add('t-a', alice, 'm.room.topic', '', {}, ['levels2'], 100)
    graph.add('t-first', alice, 'm.room.topic', '', {}, ['levels2'], 50)
    const names = ['t-b', 't-first', 't-old', 't-a', 'alice'].map(id)
    expect(sortByMainline(names, id('levels2'), graph.load).map(({ eventId }) => eventId)).toEqual([
      '$alice',
      '$t-old',
      '$t-first',
      '$t-a',
      '$t-b',
    ])
  })
})
