import { expect, test } from 'vitest'
import type { UserId } from '../ids.ts'
import { type Appservice, isExclusiveUser, isOwnAlias, isOwnUser } from './appservice.ts'
import { compileNamespace } from './namespace.ts'

const service: Appservice = {
  id: 'irc',
  url: undefined,
  sender: '@ircbot:x' as UserId,
  namespaces: {
    users: [compileNamespace('@irc_.*', true), compileNamespace('@shared_.*', false)],
    aliases: [compileNamespace('#irc_', true)],
    rooms: [],
  },
  isRateLimited: true,
  protocols: [],
  receivesEphemeral: false,
  receivesKeyCounts: false,
  managesDevices: false,
}

test('a namespace is matched from the beginning of an id and need not reach its end', () => {
  expect(isOwnUser(service, '@irc_a:x')).toBe(true)
  expect(isOwnUser(service, 'x@irc_a:x')).toBe(false)
  expect(isOwnAlias(service, '#irc_room:x')).toBe(true)
})

test('alternatives are all anchored', () => {
  const namespace = compileNamespace('@a.*|@b.*', true)
  expect(['@a:x', '@b:x', '@c@b:x'].map(namespace.matches)).toEqual([true, true, false])
})

test('the sender is an exclusive user, whatever the namespaces say', () => {
  expect(isOwnUser(service, '@ircbot:x')).toBe(true)
  expect(isExclusiveUser(service, '@ircbot:x')).toBe(true)
  expect(isExclusiveUser(service, '@shared_a:x')).toBe(false)
})

test('escapes of other dialects and a leading (?i) are understood', () => {
  expect(compileNamespace('@irc_[0-9]{1,}\\:example\\.com', true).matches('@irc_12:example.com')).toBe(true)
  expect(compileNamespace('(?i)@IRC_.*', true).matches('@irc_a:x')).toBe(true)
})

test.each(['[', 'a)(b', '*'])('%s is no regular expression', (regex) => {
  expect(() => compileNamespace(regex, true)).toThrow(SyntaxError)
})
