import type { AnyEndpoint } from './endpoint.ts'

/** Reading that is recorded like a change: what people said, and from where they connected. */
const RECORDED_READS = new Set(['admin.rooms.messages', 'admin.rooms.context', 'admin.events.fetch', 'admin.users.account_data'])

/** Whether calls are recorded in the audit log: every change through an admin API, and reading what is private. */
export function isAudited(endpoint: AnyEndpoint): boolean {
  if (RECORDED_READS.has(endpoint.id)) return true
  const isChange = endpoint.method !== 'GET'
  return (
    isChange && (endpoint.access.kind === 'serverAdmin' || endpoint.access.kind === 'authAdmin' || endpoint.id === 'admin.register.create')
  )
}

export interface AuditTarget {
  /** `user`, `room`, `media`, `event`, …; with MAS's API the name of the resource: `user-emails`. */
  readonly kind: string
  readonly id: string
}

/** Path parameter → what it names, most telling first. */
const TARGETS: readonly (readonly [param: string, kind: string])[] = [
  ['user_id', 'user'],
  ['target_user_id', 'user'],
  ['media_id', 'media'],
  ['room_id', 'room'],
  ['room_identifier', 'room'],
  ['sha256', 'content'],
  ['blocked_server', 'server'],
  ['username_pattern', 'username'],
  ['event_id', 'event'],
  ['report_id', 'report'],
  ['token', 'registration_token'],
]

/** On whom or what a call acts, by its path; in MAS's API, where something is made for a user, by its body. */
export function auditTarget(endpoint: AnyEndpoint, params: Readonly<Record<string, string>>, body?: unknown): AuditTarget | undefined {
  if (endpoint.surface === 'auth-admin') {
    const id = params.id ?? params.username
    const resource = /^\/api\/admin\/v1\/([^/]+)/.exec(endpoint.path)?.[1]
    if (id !== undefined && resource !== undefined) return { kind: resource, id }
    const userId = (body as { user_id?: unknown } | null | undefined)?.user_id
    return typeof userId === 'string' ? { kind: 'users', id: userId } : undefined
  }
  const found = TARGETS.find(([param]) => params[param] !== undefined)
  if (!found) return undefined
  const [param, kind] = found
  const id = kind === 'media' && params.server_name !== undefined ? `${params.server_name}/${params[param]!}` : params[param]!
  return { kind, id }
}

/** The fields of a body that may be kept: those that the contract names and does not mark `writeOnly` (secrets). */
export function withoutSecretFields(endpoint: AnyEndpoint, body: unknown): Record<string, unknown> | undefined {
  if (endpoint.body.kind !== 'json' || typeof body !== 'object' || body === null) return undefined
  const fields: Record<string, { writeOnly?: boolean }> = endpoint.body.schema.properties
  return Object.fromEntries(Object.entries(body).filter(([name]) => Object.hasOwn(fields, name) && fields[name]!.writeOnly !== true))
}
