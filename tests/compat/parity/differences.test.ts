import { describe, expect, test } from 'vitest'
import { ANY, type Deviation } from './deviations/index.ts'
import { complaints, differences } from './differences.ts'
import { Masks } from './masks.ts'
import type { Note } from './stage.ts'

const note = (body: unknown, status = 200): Note => ({ request: 'GET /x', status, body })
const of = (body: unknown, status?: number) => new Map([['a label', note(body, status)]])
const deviation = (glia: Deviation['glia'], labels?: string[]): Deviation => ({
  areas: ['x'],
  ...(labels && { labels }),
  glia,
  reason: 'because',
})

describe('differences', () => {
  test('are found at their deepest place; lists of other lengths and bodies of other statuses differ as a whole', () => {
    expect(differences(note({ a: [{ b: 1, c: 2 }] }), note({ a: [{ b: 1, c: 3 }] }))).toEqual([
      { place: 'body.a[].c', synapse: 2, glia: 3 },
    ])
    expect(differences(note({ a: [1] }), note({ a: [1, 2] }))).toEqual([{ place: 'body.a', synapse: [1], glia: [1, 2] }])
    expect(differences(note({ a: 1 }), note({ b: 1 }, 400)).map(({ place }) => place)).toEqual(['status', 'body'])
    expect(differences(note({ a: null }), note({}))).toEqual([{ place: 'body.a', synapse: null, glia: undefined }])
  })

  test('are complained of unless a deviation names the place and the value', () => {
    expect(complaints(of({ a: 1 }), of({ a: 2 }), [])).toEqual(['a label (GET /x): body.a is 2 instead of 1'])
    expect(complaints(of({ a: 1 }), of({ a: 2 }), [deviation({ 'body.a': 2 }, ['a label'])])).toEqual([])
    expect(complaints(of({ a: 1 }), of({ a: 2 }), [deviation({ '**.a': ANY })])).toEqual([])
    expect(complaints(of({ a: 1 }), of({ a: 2 }), [deviation({ 'body.a': 3 }, ['a label'])])).toEqual([
      'a label (GET /x): body.a is 2 instead of 1',
    ])
  })

  test('that occur no more are complained of', () => {
    expect(complaints(of({ a: 1 }), of({ a: 1 }), [deviation({ 'body.a': 2 }, ['a label'])])).toEqual([
      'a label: no difference any more at body.a: take it out of deviations/ (because)',
    ])
    expect(complaints(of({ a: 1 }), of({ a: 1 }), [deviation({ '**.a': 2 })])).toHaveLength(1)
  })

  test('in the labels are complained of', () => {
    expect(complaints(of(1), new Map(), [])).toEqual(['a label: only in the recording'])
    expect(complaints(new Map(), of(1), [])).toEqual(['a label: only in the answers'])
  })
})

test('masks show names instead of values, units of times, and which event is meant', () => {
  const masks = new Masks()
  masks.name('!room', '!abc:here')
  masks.name('SERVER', 'here')
  const id = `$${'e'.repeat(43)}`
  expect(
    masks.mask({
      room: '!abc:here',
      '@ann:here': `in !abc%3Ahere`,
      ts: 1_790_000_000_000,
      creation_ts: 1_790_000_000,
      total: 17,
      access_token: 'secret',
      next_batch: 's12',
      start: '7',
      events: [{ event_id: id, type: 'm.room.name', state_key: '' }, { replaces: id }],
    }),
  ).toEqual({
    '@ann:SERVER': 'in !room',
    access_token: '<access_token>',
    creation_ts: '<seconds>',
    events: [{ event_id: '$m.room.name', state_key: '', type: 'm.room.name' }, { replaces: '$m.room.name' }],
    next_batch: '<next_batch>',
    room: '!room',
    start: '7',
    total: 17,
    ts: '<ms>',
  })
})
