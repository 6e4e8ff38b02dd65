import { stableRoomVersions, type UserId } from '@glia/protocol'
import { seededRandom } from '@glia/testing'
import { describe, expect, test } from 'vitest'
import { authorizeEvent } from '../../packages/protocol/src/auth-rules/authorize-event.ts'
import { stateMapKey } from '../../packages/protocol/src/events.ts'
import { resolveState } from '../../packages/protocol/src/state-resolution/resolve.ts'
import { alice, bob, carol, Graph, id } from '../../packages/protocol/src/state-resolution/test-graph.ts'
import type { StateMap } from '../../packages/protocol/src/state-resolution/types.ts'
import { effort, patienceMs, seedOf } from '../support/property.ts'

const GRAPHS = 25 * effort
const EVENTS = 30
const ORDERS = 6
const dave = '@dave:d' as UserId
const users = [alice, bob, carol, dave]

describe.each(stableRoomVersions)('state resolution of room version $id, in generated forks', (version) => {
  test('gives one answer, in whatever order the states come', { timeout: patienceMs }, () => {
    const random = seededRandom(seedOf(`state resolution ${version.id}`))
    const pick = <T>(list: readonly T[]): T => list[random.integer(list.length)]!
    const shuffled = <T>(list: readonly T[]): T[] =>
      list
        .map((item) => ({ item, rank: random.integer(1_000_000) }))
        .sort((a, b) => a.rank - b.rank)
        .map(({ item }) => item)
    let disputed = 0
    for (let round = 0; round < GRAPHS; round++) {
      const graph = new Graph(version)
      const tips = grow(graph, random)
      const sets = tips.map((tip) => graph.stateAfter([tip]))
      const answer = resolveState(sets, graph.load, version)
      for (let order = 0; order < ORDERS; order++) {
        const other = shuffled(sets).map((set) => new Map(shuffled([...set])))
        // the same state twice is no more news than once
        if (order % 2 === 1) other.push(new Map(pick(sets)))
        expect(sorted(resolveState(other, graph.load, version))).toEqual(sorted(answer))
      }
      for (const [key, eventId] of answer) {
        const event = graph.load(eventId)!
        expect(stateMapKey(event.type, event.stateKey)).toBe(key)
      }
      for (const [key, eventId] of sets[0]!) {
        if (sets.every((set) => set.get(key) === eventId)) expect(answer.get(key), key).toBe(eventId)
        else disputed++
      }
      expect(sorted(resolveState([answer, answer], graph.load, version))).toEqual(sorted(answer))
    }
    expect(disputed).toBeGreaterThan(GRAPHS)
  })

  /** Lets users do what they may do where they stand, on branches that fork and join. @returns names of the newest event of each branch */
  function grow(graph: Graph, random: ReturnType<typeof seededRandom>): string[] {
    const pick = <T>(list: readonly T[]): T => list[random.integer(list.length)]!
    let tips = ['carol', 'carol']
    for (let n = 0; n < EVENTS; n++) {
      const joined = random.integer(8) === 0 ? [...new Set([pick(tips), pick(tips)])] : [pick(tips)]
      const sender = pick(users)
      const { type, stateKey, content } = draw(graph, sender, pick, random)
      const state = graph.stateAfter(joined)
      const event = { type, sender, state_key: stateKey, content, room_id: graph.load(id('create'))!.roomId, prev_events: joined.map(id) }
      const lookUp = (t: string, key: string) => {
        const eventId = state.get(stateMapKey(t, key))
        return eventId && graph.load(eventId)
      }
      if (!authorizeEvent(event, lookUp, version).allowed) continue
      // clocks of servers differ, and agree at times
      graph.add(`e${n}`, sender, type, stateKey, content, joined, 100 + random.integer(3))
      tips = [...tips.filter((tip) => !joined.includes(tip)), `e${n}`]
      if (tips.length < 2 || (tips.length < 5 && random.integer(4) === 0)) tips.push(pick(joined))
    }
    return tips
  }

  function draw(graph: Graph, sender: UserId, pick: <T>(list: readonly T[]) => T, random: ReturnType<typeof seededRandom>) {
    const kind = random.integer(10)
    if (kind < 2) return { type: 'm.room.topic', stateKey: '', content: { topic: `${random.integer(100)}` } }
    if (kind < 4) {
      const levels = { [bob]: pick([0, 50, 75]), [carol]: pick([0, 50]), [dave]: pick([0, 25]) }
      return { type: 'm.room.power_levels', stateKey: '', content: graph.levels(levels) }
    }
    if (kind < 5) return { type: 'm.room.join_rules', stateKey: '', content: { join_rule: pick(['public', 'invite', 'knock']) } }
    if (kind < 7) return { type: 'm.room.member', stateKey: sender, content: { membership: pick(['join', 'leave']) } }
    return { type: 'm.room.member', stateKey: pick(users), content: { membership: pick(['invite', 'leave', 'ban']) } }
  }
})

function sorted(state: StateMap): [string, string][] {
  return [...state].sort(([a], [b]) => (a < b ? -1 : 1))
}
