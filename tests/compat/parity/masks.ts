/** Values that are new in every run, by the key they stand under. A value that was given a name keeps that name instead. */
const VOLATILE_KEYS = new Set([
  'access_token',
  'age',
  'content_uri',
  'delete_id',
  'device_id',
  'expires_in_ms',
  'filter_id',
  'login_token',
  'nonce',
  'purge_id',
  'redact_id',
  'refresh_token',
  'server_version',
  'session',
])

/** Tokens of pages and of sync; where a list counts, they are numbers and compared. */
const PAGE_KEYS = new Set(['end', 'next_batch', 'prev_batch', 'start'])

/** Stands for a text that Synapse leaves to a library: any text is as good. */
export const FREE_TEXT = '<free text>'
const LIBRARY_TEXT = /^\d+ validation errors? for |\n\nFailed validating /

/**
 * Replaces what differs from run to run and from server to server, so that answers can be compared. What a scenario gave a name appears
 * under that name wherever it turns up, whole or within other text: relations between answers stay visible.
 *
 * Times become `<ms>` or `<seconds>`, so that a wrong unit shows. Event ids without a name are called after the event, if it is in the same
 * answer, or numbered.
 */
export class Masks {
  readonly #names = new Map<string, string>()
  #pattern: RegExp | undefined

  /** From now on `value`, also when percent-encoded, is shown as `name`. */
  name(name: string, value: string): void {
    if (value === '') throw new Error(`nothing to call ${name}`)
    this.#names.set(value, name)
    this.#names.set(encodeURIComponent(value), name)
    this.#pattern = undefined
  }

  /** @returns a copy with masked values and sorted keys */
  mask(answer: unknown): unknown {
    const eventIds = new Map<string, string>()
    this.#callEvents(answer, eventIds)
    return this.#mask(answer, '', eventIds)
  }

  text(text: string): string {
    return this.#withoutIds(this.#withNames(text), new Map())
  }

  #callEvents(value: unknown, eventIds: Map<string, string>): void {
    if (typeof value !== 'object' || value === null) return
    const { event_id: id, type, state_key: stateKey } = value as Record<string, unknown>
    if (typeof id === 'string' && typeof type === 'string' && !eventIds.has(id)) {
      const name = `$${[type, ...(stateKey ? [this.#withNames(String(stateKey))] : [])].join(' ')}`
      const taken = new Set(eventIds.values())
      let free = name
      for (let number = 2; taken.has(free); number++) free = `${name} ${number}`
      eventIds.set(id, free)
    }
    for (const item of Object.values(value)) this.#callEvents(item, eventIds)
  }

  #mask(value: unknown, key: string, eventIds: Map<string, string>): unknown {
    if (Array.isArray(value)) return value.map((item) => this.#mask(item, key, eventIds))
    if (typeof value === 'object' && value !== null) {
      const entries = Object.entries(value).map(([name, item]): [string, unknown] => [
        this.#string(name, '', eventIds),
        this.#mask(item, name, eventIds),
      ])
      return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
    }
    if (typeof value === 'string') return this.#string(value, key, eventIds)
    if (typeof value === 'number') return maskedNumber(value, key)
    return value
  }

  #string(text: string, key: string, eventIds: Map<string, string>): string {
    if (LIBRARY_TEXT.test(text)) return FREE_TEXT
    const named = this.#withNames(text)
    if (named === text && (VOLATILE_KEYS.has(key) || (PAGE_KEYS.has(key) && !/^\d+$/.test(text)))) return `<${key}>`
    return this.#withoutIds(named, eventIds)
  }

  #withNames(text: string): string {
    this.#pattern ??= new RegExp(
      [...this.#names.keys()]
        .sort((a, b) => b.length - a.length)
        .map((value) => RegExp.escape(value))
        .join('|'),
      'g',
    )
    return text.replace(this.#pattern, (value) => this.#names.get(value)!)
  }

  #withoutIds(text: string, eventIds: Map<string, string>): string {
    return text
      .replace(/\$([A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])|[A-Za-z0-9_-]{8,}:SERVER)/g, (id) => {
        if (!eventIds.has(id)) eventIds.set(id, `$${eventIds.size + 1}`)
        return eventIds.get(id)!
      })
      .replace(/!([A-Za-z0-9]{16,}:SERVER|[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-]))/g, '!…')
  }
}

function maskedNumber(value: number, key: string): unknown {
  if (VOLATILE_KEYS.has(key)) return `<${key}>`
  if (value > 1.6e12 && value < 2.5e12) return '<ms>'
  if (value > 1.6e9 && value < 2.5e9) return '<seconds>'
  return value
}
