/** The text of a value in a table: short, for people. @param name of the field: says whether a number is a time */
export function cell(name: string, value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'number') return isTime(name) && value > 0 ? timeText(value) : String(value)
  if (typeof value === 'string') return value.replace(/[\n\t]/g, ' ')
  if (Array.isArray(value) && value.every((item) => typeof item !== 'object' || item === null)) {
    return value.map((item) => cell('', item)).join(', ')
  }
  return JSON.stringify(value)
}

/** Names for points in time, Synapse's and Glia's. */
export function isTime(name: string): boolean {
  return /(^|_)(ts|timestamp|timestamp_ms|expiry_time|last_seen|at|since|until|before|after)$/.test(name)
}

/** Seconds of our time have at most eleven digits, milliseconds more: the Admin API has both under one name. */
const FIRST_MS = 100_000_000_000

function timeText(value: number): string {
  const date = new Date(value < FIRST_MS ? value * 1000 : value)
  return Number.isNaN(date.getTime()) ? String(value) : `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

const WIDE = /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}\uff01-\uff60]/u
const INVISIBLE = /\p{Mark}|\p{Default_Ignorable_Code_Point}/u

/** How many columns of the screen a text takes, near enough for tables. */
export function textWidth(text: string): number {
  let width = 0
  for (const character of text) width += INVISIBLE.test(character) ? 0 : WIDE.test(character) ? 2 : 1
  return width
}

export function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - textWidth(text)))
}
