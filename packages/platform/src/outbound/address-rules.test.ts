import { expect, test } from 'vitest'
import { addressRules, isAddressRange, privateRanges } from './address-rules.ts'

const byDefault = addressRules({ refused: privateRanges, allowed: [] })

test.each(['8.8.8.8', '1.1.1.1', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '2001:db9::1', '::ffff:8.8.8.8', '2002:0808:0808::1'])(
  'public: %s',
  (address) => expect(byDefault.mayConnect(address)).toBe(true),
)

test.each([
  '127.0.0.1',
  '127.255.255.254',
  '10.1.2.3',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '100.64.0.1',
  '169.254.169.254',
  '224.0.0.1',
  '255.255.255.255',
  '0.0.0.0',
  '0.1.2.3',
  '::',
  '::1',
  'fe80::1',
  'fe80::1%eth0',
  'fd12::1',
  'fec0::1',
  'ff02::1',
  '2001:db8::1',
])('not public: %s', (address) => expect(byDefault.mayConnect(address)).toBe(false))

test.each([
  '::ffff:127.0.0.1',
  '::ffff:7f00:1',
  '0:0:0:0:0:ffff:0a01:0203',
  '::ffff:0.0.0.0',
  '::10.0.0.1',
  '2002:7f00:1::',
  '2002:c0a8:101::5',
  '64:ff9b::10.0.0.1',
  '64:ff9b::a9fe:a9fe',
])('an IPv6 address that stands for a private IPv4 one: %s', (address) => expect(byDefault.mayConnect(address)).toBe(false))

test('an exception wins, for single addresses and for ranges', () => {
  const rules = addressRules({ refused: privateRanges, allowed: ['127.0.0.1', '10.1.0.0/16', 'fd00:1::/32'] })
  expect(['127.0.0.1', '10.1.255.1', 'fd00:1::9', '::ffff:10.1.0.1'].map((address) => rules.mayConnect(address))).toEqual(
    Array(4).fill(true),
  )
  expect(['127.0.0.2', '10.2.0.1', 'fd00:2::9'].map((address) => rules.mayConnect(address))).toEqual(Array(3).fill(false))
})

test('nothing refused still refuses "no address"', () => {
  const rules = addressRules({ refused: [], allowed: [] })
  expect(['127.0.0.1', '::1'].map((address) => rules.mayConnect(address))).toEqual([true, true])
  expect(['0.0.0.0', '::', '::ffff:0.0.0.0'].map((address) => rules.mayConnect(address))).toEqual([false, false, false])
})

test('everything can be refused', () => {
  const rules = addressRules({ refused: ['0.0.0.0/0', '::/0'], allowed: ['9.9.9.9'] })
  expect(['8.8.8.8', '255.1.1.1', '2606:4700::1', 'ffff::1', '9.9.9.9'].map((address) => rules.mayConnect(address))).toEqual([
    ...Array(4).fill(false),
    true,
  ])
})

test('what is no address may not be connected to', () => {
  expect(['localhost', '', '1.2.3', '[::1]'].map((address) => byDefault.mayConnect(address))).toEqual(Array(4).fill(false))
})

test.each([
  ['10.0.0.0/8', true],
  ['10.0.0.1', true],
  ['fc00::/7', true],
  ['0.0.0.0/0', true],
  ['10.0.0.0/33', false],
  ['fc00::/129', false],
  ['10.0.0.0/', false],
  ['10.0.0.0/8/8', false],
  ['10.0.0.0/-1', false],
  ['fe80::1%eth0/64', false],
  ['example.org', false],
])('is %s a range: %s', (text, expected) => {
  expect(isAddressRange(text)).toBe(expected)
  if (!expected) expect(() => addressRules({ refused: [text], allowed: [] })).toThrow(RangeError)
})
