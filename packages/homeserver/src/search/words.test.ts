import { expect, test } from 'vitest'
import { countWords, hasWords, wordsOf } from './words.ts'

test.each([
  ['The quick, BROWN fox!', ['the', 'quick', 'brown', 'fox']],
  ["don't stop", ['don', 't', 'stop']],
  ['Straße ÄPFEL naïve', ['straße', 'äpfel', 'naïve']],
  ['ﬁne Ｆｕｌｌ', ['fine', 'full']],
  ['привет мир', ['привет', 'мир']],
  ['我們 go 東京', ['我', '們', 'go', '東', '京']],
  ['go東京go ラーメン2杯', ['go', '東', '京', 'go', 'ラ', 'ー', 'メ', 'ン', '2', '杯']],
  ['v1.2 and 42', ['v1', '2', 'and', '42']],
  ['… --- 🦊', []],
  ['x'.repeat(100), ['x'.repeat(40)]],
  ['a\0b', ['a', 'b']],
])('%j has the words %j', (text, words) => {
  expect(wordsOf(text)).toEqual(words)
})

const message = (body: unknown) => ({ type: 'm.room.message', content: { body } as never })

test('words of an event are counted, of the text that its type has', () => {
  expect(Object.fromEntries(countWords(message('to be or not to be')))).toEqual({ to: 2, be: 2, or: 1, not: 1 })
  expect(countWords({ type: 'm.room.name', content: { name: 'den', body: 'x' } })).toEqual(new Map([['den', 1]]))
  expect(countWords({ type: 'm.room.topic', content: { topic: 'foxes' } })).toEqual(new Map([['foxes', 1]]))
  expect(countWords({ type: 'm.room.encrypted', content: { body: 'x' } }).size).toBe(0)
  expect(countWords(message(5)).size).toBe(0)
})

test('an event has words when each begins one of its own', () => {
  expect(hasWords(message('Foxes are quick'), ['fox', 'quick'])).toBe(true)
  expect(hasWords(message('Foxes are quick'), ['fox', 'slow'])).toBe(false)
  expect(hasWords(message('a firefox'), ['fox'])).toBe(false)
})
