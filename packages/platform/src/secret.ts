import { inspect } from 'node:util'

/**
 * A value that must never reach a log, an error message or an answer: however it is printed, it reads `[redacted]`.
 * `reveal()` gives the text to the one place that needs it.
 */
export class Secret {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  reveal(): string {
    return this.#text
  }

  toString(): string {
    return '[redacted]'
  }

  toJSON(): string {
    return '[redacted]'
  }

  [inspect.custom](): string {
    return '[redacted]'
  }
}
