/** An answer that is not the one hoped for, of whichever API. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number
  /** `errcode` of the Matrix APIs, `error` of OAuth; undefined where the answer says neither. */
  readonly code: string | undefined
  /** The parsed body, if it was JSON. */
  readonly body: unknown
  /** Operation id of the contract. */
  readonly operation: string

  constructor(operation: string, status: number, body: unknown) {
    super(messageOf(body) ?? `${operation} was answered with status ${status}`)
    this.operation = operation
    this.status = status
    this.body = body
    this.code = codeOf(body)
  }
}

/** The server could not be reached at all. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError'

  constructor(url: string, cause: unknown) {
    super(`${new URL(url).origin} cannot be reached`, { cause })
  }
}

function codeOf(body: unknown): string | undefined {
  const { errcode, error } = asObject(body)
  if (typeof errcode === 'string') return errcode
  return typeof error === 'string' && asObject(body).error_description !== undefined ? error : undefined
}

/** The human sentence in the three forms of error body: Matrix, OAuth, MAS Admin API. */
function messageOf(body: unknown): string | undefined {
  const { error, error_description: description, errors } = asObject(body)
  if (typeof description === 'string') return description
  if (typeof error === 'string') return error
  if (Array.isArray(errors)) return errors.map((entry) => asObject(entry).title).join('; ')
  return undefined
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
