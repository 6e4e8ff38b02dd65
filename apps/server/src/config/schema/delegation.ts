import type { RemoteAuthSettings } from '@glia/auth'
import type { Secret } from '@glia/platform'
import { section } from '../section.ts'
import { type Setting, setting, type ValuesOf } from '../setting.ts'
import { boolean, httpUrl, optional, path, secret } from '../types.ts'

/** Settings of sign-in elsewhere that Synapse has. */
export const delegationFields = {
  matrix_authentication_service: setting(
    section(
      {
        enabled: setting(boolean, {
          default: false,
          doc: 'Users sign in with another program: MAS, or another Glia with `glia.auth.matrix`.',
        }),
        endpoint: setting(httpUrl, { default: 'http://localhost:8080', doc: 'Where this server reaches it.' }),
        secret: setting(optional(secret), { doc: 'What both show each other.' }),
        secret_path: setting(optional(path), { doc: 'File with `secret`.' }),
      },
      { force_http2: 'HTTP/1.1 is spoken' },
    ),
    { default: {}, doc: 'An auth service that is another program: docs/delegation.md.' },
  ),
} satisfies Record<string, Setting<unknown>>

/** @returns null when this server signs its users in itself */
export function remoteAuth(
  { matrix_authentication_service: values }: ValuesOf<typeof delegationFields>,
  readSecret: (key: string, inline: Secret | null, file: string | null) => Secret | null,
  refuse: (key: string, message: string) => void,
): RemoteAuthSettings | null {
  const key = 'matrix_authentication_service'
  const shared = readSecret(`${key}.secret`, values.secret, values.secret_path)
  if (!values.enabled) return null
  if (values.secret === null && values.secret_path === null) refuse(`${key}.secret`, 'is missing: enabled needs it')
  return shared && { endpoint: values.endpoint, secret: shared }
}
