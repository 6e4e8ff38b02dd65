import type { Surface } from '@glia/contract'
import { AuthAdminError, InteractiveAuthRequired, MatrixError, OAuthError, PageError } from '@glia/contract'
import { Reply } from './route.ts'

/** Draws an error for a person; given by whoever owns the pages. */
export type ErrorPage = (error: { status: number; title: string; message: string }) => string

/** The one table from errors to what goes over the wire, for each surface. Unexpected errors show nothing of themselves. */
export function errorReply(surface: Surface, error: unknown, errorPage: ErrorPage): Reply {
  switch (surface) {
    case 'oauth':
      return oauthReply(error)
    case 'auth-admin':
      return authAdminReply(error)
    case 'page':
      return pageReply(error, errorPage)
    default:
      return matrixReply(error)
  }
}

/** True for errors that say themselves how they are to be answered; all others are faults of ours. */
export function isExpected(error: unknown): boolean {
  return (
    error instanceof MatrixError ||
    error instanceof OAuthError ||
    error instanceof AuthAdminError ||
    error instanceof PageError ||
    error instanceof InteractiveAuthRequired
  )
}

function matrixReply(error: unknown): Reply {
  if (error instanceof InteractiveAuthRequired) return Reply.json(error.status, error.toWire())
  const known =
    error instanceof MatrixError
      ? error
      : isExpected(error)
        ? new MatrixError('M_UNKNOWN', (error as Error).message, { status: statusOf(error) })
        : new MatrixError('M_UNKNOWN', 'Internal server error', { status: 500 })
  return Reply.json(known.status, known.toWire(), { ...known.headers })
}

function oauthReply(error: unknown): Reply {
  if (error instanceof OAuthError) return Reply.json(error.status, error.toWire(), { ...error.headers, 'cache-control': 'no-store' })
  if (error instanceof MatrixError) {
    const code = error.status === 429 ? 'temporarily_unavailable' : 'invalid_request'
    const fallback = new OAuthError(code, error.message, { status: error.status, headers: { ...error.headers } })
    return Reply.json(fallback.status, fallback.toWire(), { ...fallback.headers, 'cache-control': 'no-store' })
  }
  return Reply.json(500, new OAuthError('server_error', 'Internal server error', { status: 500 }).toWire())
}

function authAdminReply(error: unknown): Reply {
  // MAS: JSON of the wrong shape is 422, what is no JSON 400
  const isWrongShape = error instanceof MatrixError && (error.errcode === 'M_BAD_JSON' || error.errcode === 'M_MISSING_PARAM')
  const known = isExpected(error)
    ? new AuthAdminError(isWrongShape ? 422 : statusOf(error), (error as Error).message)
    : new AuthAdminError(500, 'Internal server error')
  return Reply.json(known.status, known.toWire())
}

function pageReply(error: unknown, errorPage: ErrorPage): Reply {
  const status = isExpected(error) ? statusOf(error) : 500
  const title = error instanceof PageError ? error.title : status >= 500 ? 'Something went wrong' : 'This did not work'
  const message = isExpected(error) ? (error as Error).message : 'The server could not answer. It has written down why.'
  return Reply.html(status, errorPage({ status, title, message }))
}

function statusOf(error: unknown): number {
  return (error as { status: number }).status
}
