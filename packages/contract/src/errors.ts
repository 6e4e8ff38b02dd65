/** Error codes of the Matrix APIs (Client-Server API, "Common error codes" and those of Synapse's Admin API). */
export type MatrixErrcode = keyof typeof STATUS_OF_ERRCODE

/** The status that goes with an errcode unless the thrower says otherwise. */
const STATUS_OF_ERRCODE = {
  M_FORBIDDEN: 403,
  M_UNKNOWN_TOKEN: 401,
  M_MISSING_TOKEN: 401,
  M_USER_LOCKED: 401,
  M_USER_SUSPENDED: 403,
  M_USER_DEACTIVATED: 403,
  M_GUEST_ACCESS_FORBIDDEN: 403,
  M_UNAUTHORIZED: 401,
  M_BAD_JSON: 400,
  M_NOT_JSON: 400,
  M_NOT_FOUND: 404,
  M_LIMIT_EXCEEDED: 429,
  M_UNRECOGNIZED: 404,
  M_UNKNOWN: 400,
  M_MISSING_PARAM: 400,
  M_INVALID_PARAM: 400,
  M_TOO_LARGE: 413,
  M_EXCLUSIVE: 400,
  M_USER_IN_USE: 400,
  M_INVALID_USERNAME: 400,
  M_WEAK_PASSWORD: 400,
  M_ROOM_IN_USE: 400,
  M_INVALID_ROOM_STATE: 400,
  M_UNSUPPORTED_ROOM_VERSION: 400,
  M_INCOMPATIBLE_ROOM_VERSION: 400,
  M_BAD_STATE: 403,
  M_BAD_ALIAS: 400,
  M_DUPLICATE_ANNOTATION: 400,
  M_CANNOT_OVERWRITE_MEDIA: 409,
  M_NOT_YET_UPLOADED: 504,
  M_INVALID_SIGNATURE: 400,
  M_WRONG_ROOM_KEYS_VERSION: 403,
  M_UNKNOWN_DEVICE: 400,
  M_APPSERVICE_LOGIN_UNSUPPORTED: 400,
  M_URL_NOT_SET: 400,
  M_BAD_STATUS: 502,
  M_CONNECTION_FAILED: 502,
  M_CONNECTION_TIMEOUT: 504,
  M_THREEPID_IN_USE: 400,
  M_THREEPID_NOT_FOUND: 400,
  M_THREEPID_DENIED: 403,
  M_THREEPID_AUTH_FAILED: 400,
  M_THREEPID_MEDIUM_NOT_SUPPORTED: 400,
  M_SERVER_NOT_TRUSTED: 403,
  M_UNABLE_TO_AUTHORISE_JOIN: 400,
  M_UNABLE_TO_GRANT_JOIN: 403,
  M_CANNOT_LEAVE_SERVER_NOTICE_ROOM: 403,
  M_INVITE_BLOCKED: 403,
  M_KEY_TOO_LARGE: 400,
  M_PROFILE_TOO_LARGE: 400,
  M_RESOURCE_LIMIT_EXCEEDED: 403,
  M_USER_LIMIT_EXCEEDED: 403,
  M_CONSENT_NOT_GIVEN: 403,
  M_UNKNOWN_POS: 400,
  ORG_MATRIX_EXPIRED_ACCOUNT: 403,
} as const

/**
 * A refusal in the terms of the Matrix APIs: `{errcode, error, ...extra}` with a status.
 * `message` is for the caller; `detail` is only logged.
 */
export class MatrixError extends Error {
  readonly errcode: MatrixErrcode
  readonly status: number
  readonly extra: Readonly<Record<string, unknown>>
  readonly headers: Readonly<Record<string, string>>
  readonly detail: string | undefined

  constructor(
    errcode: MatrixErrcode,
    message: string,
    options: {
      status?: number
      extra?: Record<string, unknown>
      headers?: Record<string, string>
      detail?: string
      cause?: unknown
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'MatrixError'
    this.errcode = errcode
    this.status = options.status ?? STATUS_OF_ERRCODE[errcode]
    this.extra = options.extra ?? {}
    this.headers = options.headers ?? {}
    this.detail = options.detail
  }

  toWire(): Record<string, unknown> {
    return { errcode: this.errcode, error: this.message, ...this.extra }
  }
}

/**
 * The caller must prove once more who they are: 401 with the ways to do it, as Client-Server API, "User-Interactive Authentication API".
 * `failure` is there when a stage was tried and failed.
 */
export class InteractiveAuthRequired extends Error {
  readonly status = 401
  readonly session: string
  readonly flows: readonly (readonly string[])[]
  readonly params: Readonly<Record<string, unknown>>
  readonly completed: readonly string[] | undefined
  readonly failure: { readonly errcode: string; readonly error: string } | undefined

  constructor(details: {
    session: string
    flows: readonly (readonly string[])[]
    params?: Readonly<Record<string, unknown>>
    completed?: readonly string[]
    failure?: { errcode: string; error: string }
  }) {
    super('user-interactive authentication is required')
    this.name = 'InteractiveAuthRequired'
    this.session = details.session
    this.flows = details.flows
    this.params = details.params ?? {}
    this.completed = details.completed
    this.failure = details.failure
  }

  toWire(): Record<string, unknown> {
    return {
      session: this.session,
      flows: this.flows.map((stages) => ({ stages })),
      params: this.params,
      ...(this.completed === undefined ? {} : { completed: this.completed }),
      ...this.failure,
    }
  }
}

/** Error codes of RFC 6749, 6750, 7009, 7591, 8628 and OpenID Connect. */
export type OAuthErrorCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'unsupported_response_type'
  | 'unsupported_token_type'
  | 'invalid_scope'
  | 'access_denied'
  | 'server_error'
  | 'temporarily_unavailable'
  | 'login_required'
  | 'request_not_supported'
  | 'request_uri_not_supported'
  | 'registration_not_supported'
  | 'authorization_pending'
  | 'slow_down'
  | 'expired_token'
  | 'invalid_redirect_uri'
  | 'invalid_client_metadata'
  | 'invalid_token'
  | 'insufficient_scope'

/** A refusal in the terms of OAuth 2.0: `{error, error_description}`. */
export class OAuthError extends Error {
  readonly code: OAuthErrorCode
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly detail: string | undefined

  constructor(
    code: OAuthErrorCode,
    message: string,
    options: { status?: number; headers?: Record<string, string>; detail?: string; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'OAuthError'
    this.code = code
    this.status = options.status ?? (code === 'invalid_client' || code === 'unauthorized_client' ? 401 : 400)
    this.headers = options.headers ?? {}
    this.detail = options.detail
  }

  toWire(): Record<string, unknown> {
    return { error: this.code, error_description: this.message }
  }
}

/** A refusal in the terms of the MAS Admin API: `{errors: [{title}]}`. */
export class AuthAdminError extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.name = 'AuthAdminError'
    this.status = status
  }

  toWire(): Record<string, unknown> {
    return { errors: [{ title: this.message }] }
  }
}

/** A refusal that a person reads in the browser. */
export class PageError extends Error {
  readonly status: number
  readonly title: string

  constructor(status: number, title: string, message: string) {
    super(message)
    this.name = 'PageError'
    this.status = status
    this.title = title
  }
}
