/** What somebody was about to do when they had to sign in; travels in the query of the pages (MAS's names). */
export interface Continuation {
  readonly kind?: string | undefined
  readonly id?: string | undefined
  readonly action?: string | undefined
  readonly device_id?: string | undefined
}

const ID = /^[0-9A-Z]{26}$/

/** Where the browser goes on. Never anywhere but our own pages. */
export function continueAt(continuation: Continuation): string {
  const { kind, id } = continuation
  if (kind === 'continue_authorization_grant' && id && ID.test(id)) return `/consent/${id}`
  if (kind === 'continue_device_code_grant' && id && ID.test(id)) return `/device/${id}`
  if (kind === 'continue_compat_sso_login' && id && ID.test(id)) return `/complete-compat-sso/${id}`
  if (kind === 'link_upstream' && id && ID.test(id)) return `/upstream/link/${id}`
  if (kind === 'change_password') return '/account/password/change'
  return withQuery('/account/', { action: continuation.action, device_id: continuation.device_id })
}

/** A page of signing in that leads back to what was begun. */
export function withContinuation(
  path: '/login' | '/logout' | '/register' | `/register/steps/${string}` | `/upstream/authorize/${string}`,
  { kind, id, action, device_id }: Continuation,
): string {
  return withQuery(path, { kind, id, action, device_id })
}

function withQuery(path: string, values: Readonly<Record<string, string | undefined>>): string {
  const query = new URLSearchParams(Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined))
  return query.size === 0 ? path : `${path}?${query}`
}
