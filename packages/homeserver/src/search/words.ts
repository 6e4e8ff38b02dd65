import { eventTypes, type JsonObject, ownValue } from '@glia/protocol'

/** Which text of which event can be searched: by type, the key of the content. */
const TEXT_KEYS: Readonly<Record<string, string>> = {
  [eventTypes.message]: 'body',
  [eventTypes.name]: 'name',
  [eventTypes.topic]: 'topic',
}

/** The types, by the keys of the Client-Server API, "Search". */
export const SEARCHED_TYPES: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(TEXT_KEYS).map(([type, key]) => [`content.${key}`, type]),
)

/** Longer words are cut; keys of a database index may not be large. */
const MAX_WORD_LENGTH = 40
/** The words of a longer text count only up to here. */
const MAX_WORDS = 2000

/** Scripts that put no blanks between words: every letter counts as one. */
const UNSPACED = ['Han', 'Hiragana', 'Katakana', 'Thai', 'Lao', 'Khmer', 'Myanmar'].map((script) => `\\p{Script=${script}}`).join('')
const WORD = new RegExp(`[${UNSPACED}]|[[\\p{L}\\p{M}\\p{N}]--[${UNSPACED}]]+`, 'gv')

/** The words of a text, in order: lower case, one form for letters that look alike (NFKC), without punctuation. */
export function wordsOf(text: string): string[] {
  const words: string[] = []
  for (const [found] of text.normalize('NFKC').toLowerCase().matchAll(WORD)) {
    if (words.length === MAX_WORDS) break
    words.push([...found].slice(0, MAX_WORD_LENGTH).join(''))
  }
  return words
}

/** The text of an event that is searched; undefined where there is none. */
function searchedText({ type, content }: { type: string; content: JsonObject }): string | undefined {
  const key = Object.hasOwn(TEXT_KEYS, type) ? TEXT_KEYS[type]! : undefined
  const text = key === undefined ? undefined : ownValue(content, key)
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
