import { expect, test } from 'vitest'
import { decodeHtml } from './decode-html.ts'
import { parsePage, summarize } from './parse-page.ts'

test('reads Open Graph and Twitter tags, the first of each', () => {
  const page = parsePage(`<head><meta property="og:title" content="One &amp; only"><meta property="OG:Title" content="Two">
    <meta name="twitter:description" content="Td"><meta property="twitter:image" content="/t.png"><meta name="og" content="x"></head>`)
  expect([...page.tags]).toEqual([['og:title', 'One & only']])
  expect([...page.twitter]).toEqual([
    ['description', 'Td'],
    ['image', '/t.png'],
  ])
})

test('reads title, heading, description, icon and pictures, the largest first', () => {
  const page = parsePage(`<html><head><title> A
    title </title><meta name=description content="What it is"><link rel="shortcut icon" href="/i.ico"></head>
    <body><nav><img src=nav.png></nav><h2>Head <b>line</b></h2><img src=a.png width=10 height=10><img src=b.png width=100 height=50><svg><title>no</title></svg></body>`)
  expect(page).toMatchObject({
    title: 'A title',
    heading: 'Head line',
    description: 'What it is',
    icon: '/i.ico',
    images: ['b.png', 'a.png'],
  })
})

test('gives the text by paragraphs, without scripts, styles and navigation', () => {
  const page = parsePage(`<body><header>no</header><p>First <b>bold</b>, <a href=x>link</a>.<script>no()</script><p>Second<br>line</p>
    <style>no</style><footer>no</footer>tail</body>`)
  expect(page.paragraphs).toEqual(['First bold, link.', 'Second', 'line', 'tail'])
})

test.each(['', '<', '<p', '</p></p></nav>text', '<title>open', `${'<div>'.repeat(200_000)}deep`, '<meta property="og:title">', '\u0000'])(
  'makes something of what is no page: %.20s',
  (html) => {
    expect(parsePage(html).tags.size).toBe(0)
  },
)

test('does not keep more than a page may say', () => {
  const many = Array.from({ length: 500 }, (_, n) => `<meta property="og:x${n}" content="${'y'.repeat(5000)}">`).join('')
  const { tags } = parsePage(many)
  expect(tags.size).toBe(50)
  expect(tags.get('og:x0')).toHaveLength(1000)
})

test('summarizes in whole paragraphs, or cuts between words', () => {
  const words = (count: number) => Array(count).fill('word').join(' ')
  expect(summarize([])).toBeUndefined()
  expect(summarize([words(30), words(30), words(30)])).toBe(`${words(30)}\n\n${words(30)}`)
  expect(summarize([words(300)])).toBe(`${words(100)}…`.slice(0, 500))
  expect(summarize(['x'.repeat(600)])!.length).toBeLessThanOrEqual(501)
})

test.each([
  ['by Content-Type', Buffer.from('Grüße', 'latin1'), 'text/html; charset=ISO-8859-1'],
  ['by meta charset', Buffer.from('<meta charset="iso-8859-1">Grüße', 'latin1'), undefined],
  ['by meta http-equiv', Buffer.from('<meta http-equiv=Content-Type content="text/html; charset=latin1">Grüße', 'latin1'), 'text/html'],
  ['by XML declaration', Buffer.from('<?xml version="1.0" encoding="iso-8859-1"?>Grüße', 'latin1'), undefined],
  ['UTF-8 without a word', Buffer.from('Grüße'), undefined],
  ['Windows-1252 without a word', Buffer.from('Grüße', 'latin1'), undefined],
  ['by byte order mark', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('Grüße', 'utf16le')]), 'text/html; charset=utf-8'],
  ['an unknown name', Buffer.from('Grüße'), 'text/html; charset=nonsense'],
])('decodes %s', (_name, body, type) => {
  expect(decodeHtml(body, type)).toMatch(/Grüße$/)
})
