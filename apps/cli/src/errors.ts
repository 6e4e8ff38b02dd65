/** Something that the user can understand and act on. The message is a sentence without a full stop; hints are what to do about it. */
export class CliError extends Error {
  override readonly name: string = 'CliError'
  readonly exitCode: number
  readonly hints: readonly string[]

  constructor(message: string, options: { exitCode?: number; hints?: readonly string[]; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.exitCode = options.exitCode ?? 1
    this.hints = options.hints ?? []
  }
}

/** The command was used wrongly. */
export class UsageError extends CliError {
  override readonly name = 'UsageError'

  constructor(message: string, hints: readonly string[] = []) {
    super(message, { exitCode: 2, hints })
  }
}

/** A server has refused. */
export class RefusedError extends CliError {
  override readonly name = 'RefusedError'
  readonly status: number
  /** `errcode` of the Matrix APIs, `error` of OAuth. */
  readonly code: string | undefined

  /** @param what was asked for, to begin the message with; undefined where that is plain */
  constructor(what: string | undefined, status: number, body: unknown, hints: readonly string[] = []) {
    const { code, message } = refusalOf(body)
    super(
      `${what === undefined ? '' : `${what}: `}${message ?? 'the server refuses'} (${[code, `HTTP status ${status}`].filter(Boolean).join(', ')})`,
      { hints: [...(HINTS[code ?? ''] ?? []), ...hints] },
    )
    this.status = status
    this.code = code
  }
}

const LOG_IN_AGAIN = ['Log in again: glia login URL']
const HINTS: Record<string, readonly string[]> = {
  M_UNKNOWN_TOKEN: LOG_IN_AGAIN,
  M_MISSING_TOKEN: LOG_IN_AGAIN,
}

/** Reads the three forms of error body: Matrix, OAuth, MAS Admin API. */
function refusalOf(body: unknown): { code: string | undefined; message: string | undefined } {
  const { errcode, error, error_description: description, errors } = (body ?? {}) as Record<string, unknown>
  if (typeof errcode === 'string') return { code: errcode, message: textOf(error) }
  if (Array.isArray(errors)) return { code: undefined, message: errors.map((entry) => textOf(entry?.title) ?? '?').join('; ') }
  return { code: textOf(error), message: textOf(description) }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
