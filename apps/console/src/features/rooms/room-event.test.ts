import { expect, test } from 'vitest'
import { asRoomEvent, isRedacted, mediaOf, pictureOf, textOf } from './room-event.ts'

const event = (type: string, content: object, rest: object = {}) =>
  asRoomEvent({ event_id: '$e', type, sender: '@a:x', origin_server_ts: 1, content, ...rest })

test('events are told in words; what nobody has words for is left to its JSON', () => {
  expect(textOf(event('m.room.message', { body: 'hello' }))).toEqual({ text: 'hello', isQuoted: true })
  expect(textOf(event('m.room.message', { body: 1 }))).toEqual({ text: 'a message without text', isQuoted: false })
  expect(textOf(event('m.room.member', { membership: 'leave' }, { state_key: '@b:x' }))?.text).toBe('removed @b:x')
  expect(textOf(event('m.room.member', { membership: 'leave' }, { state_key: '@a:x' }))?.text).toBe('left')
  expect(textOf(event('org.example.odd', {}))).toBeUndefined()
})

test('a redacted event says so, whatever it was', () => {
  const redacted = event('m.room.message', {}, { unsigned: { redacted_because: {} } })
  expect(isRedacted(redacted)).toBe(true)
  expect(textOf(redacted)?.text).toBe('redacted')
})

test('files are found wherever they stand in an event, each once', () => {
  const content = { url: 'mxc://x/a', info: { thumbnail_url: 'mxc://x/b', again: 'mxc://x/a' }, body: 'see mxc://x/c' }
  expect(mediaOf(event('m.room.message', content))).toEqual([
    { serverName: 'x', mediaId: 'a' },
    { serverName: 'x', mediaId: 'b' },
  ])
})

test('pictures are known as such', () => {
  const picture = { serverName: 'x', mediaId: 'a', alt: 'cat' }
  expect(pictureOf(event('m.room.message', { msgtype: 'm.image', body: 'cat', url: 'mxc://x/a' }))).toEqual(picture)
  expect(pictureOf(event('m.sticker', { body: 'cat', url: 'mxc://x/a' }))).toEqual(picture)
  expect(pictureOf(event('m.room.message', { msgtype: 'm.file', body: 'cat', url: 'mxc://x/a' }))).toBeUndefined()
  expect(pictureOf(event('m.room.message', { msgtype: 'm.image', url: 'https://x/a' }))).toBeUndefined()
})

test('an event of any shape does not break the view', () => {
  expect(asRoomEvent({ content: 'text', unsigned: null })).toMatchObject({ content: {}, type: '', sender: '' })
  const odd = { toString: 'no function' }
  expect(textOf(event('m.reaction', { 'm.relates_to': { key: odd } }))?.text).toBe('reacted with ')
  expect(textOf(event('m.reaction', { 'm.relates_to': null }))?.text).toBe('reacted with ')
  expect(textOf(event('m.room.name', { name: odd }))?.text).toBe('named the room “”')
  expect(textOf(event('m.room.member', { membership: odd }, { state_key: '@b:x' }))?.text).toBe(' @b:x')
})
