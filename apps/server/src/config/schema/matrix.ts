import type { RemoteHomeserverSettings } from '@glia/auth'
import type { Secret } from '@glia/platform'
import { section } from '../section.ts'
import { type Setting, setting, type ValuesOf } from '../setting.ts'
import { choice, httpUrl, optional, path, secret, text } from '../types.ts'

/** Settings under `glia.auth`. */
export const matrixFields = {
  matrix: setting(
    section({
      kind: setting(choice('synapse'), {
        default: 'synapse',
        doc: 'How the homeserver is talked to: `synapse` is `/_synapse/mas/` of Synapse 1.136 or later.',
      }),
      homeserver: setting(optional(text), { doc: 'The name of the homeserver. Not set: `server_name`, and never another.' }),
      endpoint: setting(optional(httpUrl), {
        doc: 'Where this service reaches the homeserver. Set: this process is the auth service alone, and no homeserver.',
      }),
      secret: setting(optional(secret), { doc: 'What both show each other: `matrix_authentication_service.secret` of Synapse.' }),
      secret_path: setting(optional(path), { doc: 'File with `secret`.' }),
    }),
    { default: {}, doc: 'The homeserver, when it is another program: docs/delegation.md. Names and meaning as in MAS.' },
  ),
} satisfies Record<string, Setting<unknown>>

/** @returns null when this process is the homeserver itself */
export function remoteHomeserver(
  { matrix }: ValuesOf<typeof matrixFields>,
  serverName: string | undefined,
  readSecret: (key: string, inline: Secret | null, file: string | null) => Secret | null,
  refuse: (key: string, message: string) => void,
): RemoteHomeserverSettings | null {
  const key = 'glia.auth.matrix'
  const shared = readSecret(`${key}.secret`, matrix.secret, matrix.secret_path)
  if (matrix.endpoint === null) {
    if (matrix.secret !== null || matrix.secret_path !== null) refuse(`${key}.endpoint`, 'is missing: a secret alone does nothing')
    return null
  }
  if (matrix.homeserver !== null && matrix.homeserver !== serverName) refuse(`${key}.homeserver`, 'must be the same as server_name')
  if (matrix.secret === null && matrix.secret_path === null) refuse(`${key}.secret`, 'is missing: endpoint needs it')
  return shared && { endpoint: matrix.endpoint, secret: shared }
}
