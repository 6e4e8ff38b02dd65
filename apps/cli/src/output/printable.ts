/** Control characters except tab and line feed, and characters that turn the direction of writing. */
const DANGEROUS = /(?![\t\n])[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu

/**
 * Text that a terminal can only show: names and messages come from strangers and may hold control sequences. What is taken out appears
 * as `\u001b`, which inside a JSON string means the same as before.
 */
export function printable(text: string): string {
  return text.replace(DANGEROUS, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
