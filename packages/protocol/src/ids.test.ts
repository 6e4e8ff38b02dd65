import { describe, expect, it } from 'vitest'
import * as ids from './ids.ts'

describe('user ids', () => {
  it('splits at the first colon', () => {
    expect(ids.parseUserId('@alice:localhost:8448')).toEqual({ localpart: 'alice', serverName: 'localhost:8448' })
    expect(ids.serverNameOf('@alice:localhost:8448' as ids.UserId)).toBe('localhost:8448')
    expect(ids.localpartOf('@alice:localhost:8448' as ids.UserId)).toBe('alice')
  })

  it.each(['@a:b', '@:b', '@A B!:example.org', '@é:[::1]:8448', `@${'x'.repeat(252)}:b`])('accepts %s', (text) => {
    expect(ids.isUserId(text)).toBe(true)
  })

  it.each([
    '',
    '@',
    '@a',
    'a:b',
    '#a:b',
    '@a:',
    '@a:b c',
    '@a\0:b',
    '@a:b:port',
    `@${'x'.repeat(253)}:b`,
    `@${'é'.repeat(127)}:b`,
    5,
    null,
  ])('refuses %s', (value) => {
    expect(ids.isUserId(value)).toBe(false)
  })

  it.each([
    ['alice', true],
    ['a.b_c=d-e/f+1', true],
    ['Alice', false],
    ['', false],
    ['a b', false],
    ['a:b', false],
    ['é', false],
  ])('new localpart %j: %s', (localpart, valid) => {
    expect(ids.isValidNewLocalpart(localpart)).toBe(valid)
  })
})

describe('server names', () => {
  it.each(['example.org', 'localhost:8448', '1.2.3.4:80', '[2001:db8::1]:8448', 'xn--a.b'])('accepts %s', (name) => {
    expect(ids.isServerName(name)).toBe(true)
  })
  it.each(['', 'a b', 'a:', 'a:123456', '2001:db8::1', 'a/b', '[::1'])('refuses %j', (name) => {
    expect(ids.isServerName(name)).toBe(false)
  })
})

describe('room and event ids', () => {
  it.each(['!abc:example.org', '!1lkDPVLPqHSDZIKKfDxfuHbYhXPQfnMVyWyPPFm9e4A', '!a:b:8448'])('accepts room %s', (id) => {
    expect(ids.isRoomId(id)).toBe(true)
  })
  it.each(['', '!', '#a:b', '!a:b c', `!${'x'.repeat(255)}`])('refuses room %j', (id) => {
    expect(ids.isRoomId(id)).toBe(false)
  })
  it('knows event ids of all versions', () => {
    expect(ids.isEventId('$x:example.org')).toBe(true)
    expect(ids.isEventId('$Rqnc-F-dvnEYJTyHq_iKxU2bZ1CI92-kuZq3a5lr5Zg')).toBe(true)
    expect(ids.isEventId('x')).toBe(false)
  })
  it('checks aliases', () => {
    expect(ids.parseRoomAlias('#a/b:example.org')).toEqual({ localpart: 'a/b', serverName: 'example.org' })
    expect(ids.isRoomAlias('#:example.org')).toBe(true)
    expect(ids.isRoomAlias('#a')).toBe(false)
    expect(ids.isRoomAlias('#a\0:b')).toBe(false)
  })
})

describe('mxc URIs', () => {
  it('splits good ones', () => {
    const uri = ids.makeMxcUri('localhost:8448' as ids.ServerName, 'abc-_1')
    expect(uri).toBe('mxc://localhost:8448/abc-_1')
    expect(ids.parseMxcUri(uri)).toEqual({ serverName: 'localhost:8448', mediaId: 'abc-_1' })
  })
  it.each(['', 'http://a/b', 'mxc://a', 'mxc://a/', 'mxc:///b', 'mxc://a/b/c', 'mxc://a/..', 'mxc://a/b?c'])('refuses %j', (text) => {
    expect(ids.parseMxcUri(text)).toBeUndefined()
  })
})

describe('utf8ByteLength', () => {
  it.each(['', 'abc', 'é', '日本', '\u{1F600}a', '\ud800', '\ud800a', '\u07ff\u0800', '\u{10000}', '\ud800\ud800', '\u{10ffff}x'])(
    'counts %j as Node does',
    (text) => {
      expect(ids.utf8ByteLength(text)).toBe(Buffer.byteLength(text, 'utf8'))
    },
  )
})
