import { Parser } from 'htmlparser2'

/** What a page says about itself. */
export interface ParsedPage {
  /** `og:…`, `article:…` and the like, as written; the first of each name. */
  readonly tags: ReadonlyMap<string, string>
  /** `twitter:…`, without the prefix. */
  readonly twitter: ReadonlyMap<string, string>
  readonly title: string | undefined
  readonly heading: string | undefined
  readonly description: string | undefined
  /** Addresses of pictures, the most telling first, as written in the page. */
  readonly images: readonly string[]
  readonly icon: string | undefined
  /** What stands in the page, by paragraphs, without navigation and the like. */
  readonly paragraphs: readonly string[]
}

const MAX_TAGS = 50
const MAX_VALUE_LENGTH = 1000
const MAX_IMAGES = 20
const MAX_PARAGRAPHS = 50
/** Of elements within each other; what comes deeper is not read. */
const MAX_DEPTH = 1000
const CHUNK_LENGTH = 8192

/** Their text says nothing about what the page is about. */
const SKIPPED = new Set(
  'header nav aside footer script noscript style svg iframe video canvas picture template head select button'.split(' '),
)
const INLINE = new Set(
  'a abbr b bdi bdo cite code data dfn em font i kbd mark q s samp small span strong sub sup time u var wbr'.split(' '),
)
const HEADINGS = new Set(['h1', 'h2', 'h3'])

export function parsePage(html: string): ParsedPage {
  const tags = new Map<string, string>()
  const twitter = new Map<string, string>()
  const images: { url: string; area: number }[] = []
  const paragraphs: string[] = []
  let title: string | undefined
  let heading: string | undefined
  let description: string | undefined
  let icon: string | undefined
  let paragraph = ''
  let skipped = 0
  let depth = 0
  let titleText: string | undefined
  let headingText: string | undefined

  const endParagraph = () => {
    const text = tidy(paragraph)
    paragraph = ''
    if (text !== '' && paragraphs.length < MAX_PARAGRAPHS) paragraphs.push(text)
  }
  const readMeta = ({ property, name, itemprop, content }: Record<string, string>) => {
    if (!content) return
    const value = content.slice(0, MAX_VALUE_LENGTH)
    const key = (property ?? name ?? '').trim().toLowerCase()
    if (key.startsWith('twitter:')) {
      if (twitter.size < MAX_TAGS && !twitter.has(key.slice(8))) twitter.set(key.slice(8), value)
    } else if (property !== undefined && key.includes(':')) {
      if (tags.size < MAX_TAGS && !tags.has(key)) tags.set(key, value)
    } else if (key === 'description') description ??= tidy(value)
    else if (itemprop?.toLowerCase() === 'image') images.push({ url: content, area: Number.POSITIVE_INFINITY })
  }

  const parser = new Parser(
    {
      onopentag(name, attributes) {
        depth++
        if (name === 'meta') readMeta(attributes)
        if (name === 'link' && /(^|\s)icon(\s|$)/i.test(attributes.rel ?? '')) icon ??= attributes.href
        if (name === 'title' && title === undefined && skipped <= 1) titleText = ''
        if (HEADINGS.has(name) && heading === undefined && skipped === 0) headingText = ''
        if (name === 'img' && attributes.src && skipped === 0 && images.length < MAX_IMAGES) {
          images.push({ url: attributes.src, area: (Number(attributes.width) || 0) * (Number(attributes.height) || 0) })
        }
        if (SKIPPED.has(name)) skipped++
        if (!INLINE.has(name)) endParagraph()
      },
      ontext(text) {
        if (titleText !== undefined) titleText += text
        else if (skipped === 0) {
          paragraph += text
          if (headingText !== undefined) headingText += text
        }
      },
      onclosetag(name) {
        depth--
        if (name === 'title' && titleText !== undefined) {
          title = tidy(titleText) || undefined
          titleText = undefined
        }
        if (HEADINGS.has(name) && headingText !== undefined) {
          heading = tidy(headingText) || undefined
          headingText = undefined
        }
        if (SKIPPED.has(name)) skipped = Math.max(0, skipped - 1)
        if (!INLINE.has(name)) endParagraph()
      },
    },
    { decodeEntities: true },
  )
  // The parser's time grows with the square of the depth.
  for (let start = 0; start < html.length && depth <= MAX_DEPTH; start += CHUNK_LENGTH)
    parser.write(html.slice(start, start + CHUNK_LENGTH))
  if (depth <= MAX_DEPTH) parser.end()
  endParagraph()
  return {
    tags,
    twitter,
    title,
    heading,
    description,
    images: images.sort((a, b) => b.area - a.area).map(({ url }) => url),
    icon,
    paragraphs,
  }
}

/** Whitespace in a row is one space. */
function tidy(text: string): string {
  return text.replace(/\s+/gu, ' ').trim()
}

/** As many paragraphs as make `enough` characters, and not more than `most` characters of them. */
export function summarize(paragraphs: readonly string[], { enough = 200, most = 500 } = {}): string | undefined {
  let summary = ''
  for (const paragraph of paragraphs) {
    if (summary.length >= enough) break
    summary += `${summary === '' ? '' : '\n\n'}${paragraph}`
  }
  if (summary.length <= most) return summary || undefined
  const cut = summary.slice(0, most)
  // not within a word, nor within a surrogate pair
  return `${cut.slice(0, Math.max(cut.lastIndexOf(' '), cut.lastIndexOf('\n'))) || cut.slice(0, -1)}…`
}
