import { MatrixError } from '@glia/contract'
import type { TObject } from 'typebox'

/**
 * Checks path parameters that name a user: `@localpart:server`, and our own server where the contract says so.
 * Texts are Synapse's (admin-api "Identifiers").
 */
export function compileParamsCheck(schema: TObject, serverName: string): (params: Record<string, string>) => void {
  const users = Object.entries(schema.properties).filter(([, field]) => (field as { format?: string }).format === 'matrix-user-id')
  return (params) => {
    for (const [name, value] of Object.entries(params)) refuseNul(name, value)
    for (const [name, field] of users) checkUserId(params[name] ?? '', (field as { 'x-local'?: string })['x-local'], serverName)
  }
}

/** No database keeps or looks up text with U+0000. @throws MatrixError M_INVALID_PARAM */
export function refuseNul(name: string, value: string): void {
  if (value.includes('\0')) throw new MatrixError('M_INVALID_PARAM', `${name} must not contain U+0000`)
}

function checkUserId(userId: string, localMessage: string | undefined, serverName: string): void {
  if (!userId.startsWith('@')) throw new MatrixError('M_INVALID_PARAM', "Expected UserID string to start with '@'")
  const colon = userId.indexOf(':')
  if (colon < 0) throw new MatrixError('M_INVALID_PARAM', "Expected UserID of the form '@localname:domain'")
  if (localMessage !== undefined && userId.slice(colon + 1) !== serverName) throw new MatrixError('M_UNKNOWN', localMessage)
}
