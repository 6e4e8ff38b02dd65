import { eventTypes, type JsonObject } from '@glia/protocol'

/** Which text of which event can be searched, by the keys of the Client-Server API, "Search". */
export const SEARCHED_TYPES: Readonly<Record<string, string>> = {
  'content.body': eventTypes.message,
  'content.name': eventTypes.name,
  'content.topic': eventTypes.topic,
}

/** Longer words are cut; keys of a database index may not be large. */
const MAX_WORD_LENGTH = 40
/** The words of a longer text count only up to here. */
const MAX_WORDS = 2000

/** Scripts that put no blanks between words: every letter counts as one. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u
const WORD =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]|[\p{L}\p{M}\p{N}]+/gu

/** The words of a text, in order: lower case, one form for letters that look alike (NFKC), without punctuation. */
export function wordsOf(text: string): string[] {
  const words: string[] = []
  for (const [found] of text.normalize('NFKC').toLowerCase().matchAll(WORD)) {
    if (words.length === MAX_WORDS) break
    if (UNSPACED.test(found)) words.push(...[...found].filter((letter) => UNSPACED.test(letter)))
    else words.push([...found].slice(0, MAX_WORD_LENGTH).join(''))
  }
  return words
}

/** The text of an event that is searched; undefined where there is none. */
export function searchedText(event: { type: string; content: JsonObject }): string | undefined {
  const { body, name, topic } = event.content
  const text =
    event.type === eventTypes.message ? body : event.type === eventTypes.name ? name : event.type === eventTypes.topic ? topic : undefined
  return typeof text === 'string' ? text : undefined
}

/** Word → how often the event has it. */
export function countWords(event: { type: string; content: JsonObject }): Map<string, number> {
  const counts = new Map<string, number>()
  for (const word of wordsOf(searchedText(event) ?? '')) counts.set(word, (counts.get(word) ?? 0) + 1)
  return counts
}

/** Whether each of the words begins a word of the event. */
export function hasWords(event: { type: string; content: JsonObject }, words: readonly string[]): boolean {
  const found = [...countWords(event).keys()]
  return words.every((word) => found.some((other) => other.startsWith(word)))
}
