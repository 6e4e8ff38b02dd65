import type { Secret } from '@glia/platform'
import type { SigningKey } from '@glia/protocol'
import { type Setting, setting, type ValuesOf } from '../setting.ts'
import { baseUrl, boolean, checked, optional, path, plainMap, secret, text } from '../types.ts'

const SERVER_NAME = /^(?:[0-9A-Za-z.-]{1,255}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?$/

/** Whether the text is a server name: host name, IPv4 address or `[IPv6 address]`, with an optional port. Source: Matrix spec, appendices, "Server name". */
export function isServerName(name: string): boolean {
  return name.length <= 230 && SERVER_NAME.test(name)
}

export const serverFields = {
  server_name: setting(
    checked(text, (name) =>
      isServerName(name) ? undefined : 'must be a host name or IP address with an optional port, such as example.com',
    ),
    {
      default: 'localhost',
      doc: 'The name at the end of all user ids and aliases (`@user:example.com`). It cannot be changed once the server has users.',
    },
  ),
  public_baseurl: setting(optional(baseUrl), {
    doc:
      'The URL at which clients reach this server. Not set: `https://<server_name>/`; but where the first listener takes connections from this ' +
      'machine alone, or `server_name` is `localhost`, and no proxy is in front (`x_forwarded: false`): `http://<address>:<port>/` of that listener.',
  }),
  signing_key_path: setting(optional(path), {
    doc: 'File with the key that signs events, in the form `ed25519 a_XXXX <base64 seed>`. Not set: `signing.key` in the data folder, made on the first start.',
  }),
  macaroon_secret_key: setting(optional(secret), {
    doc: 'The secret from which the keys of short-lived things (nonces, form tokens, login tokens) are derived.',
  }),
  macaroon_secret_key_path: setting(optional(path), {
    doc: 'File with `macaroon_secret_key`. Neither set: `secrets/macaroon_secret_key` in the data folder, made on the first start.',
  }),
  admin_contact: setting(
    optional(
      checked(text, (value) =>
        /^(?:mailto:[^@\s]+@[^@\s]+|@[^:\s]+:\S+|https?:\/\/\S+)$/.test(value)
          ? undefined
          : 'must be mailto:someone@example.com, a user id or the URL of a page',
      ),
    ),
    {
      doc: 'Whom users turn to: `mailto:admin@example.com`, a user id, or the URL of a help page. Told at `/.well-known/matrix/support`.',
    },
  ),
  extra_well_known_client_content: setting(
    checked(plainMap, (value) => ('m.homeserver' in value ? 'must not name m.homeserver: public_baseurl says it' : undefined)),
    {
      default: {},
      doc:
        'What else is told at `/.well-known/matrix/client`; what Glia says there itself stays. `org.matrix.msc3814: true` lets Element use ' +
        'dehydrated devices, which are sent the keys of encrypted messages while their user is signed out.',
    },
  ),
  enable_metrics: setting(boolean, {
    default: false,
    doc: 'Collect Prometheus metrics and serve them at `/metrics` of the listeners of type or resource `metrics`.',
  }),
} satisfies Record<string, Setting<unknown>>

export type ServerValues = ValuesOf<typeof serverFields>

export interface ServerConfig {
  readonly name: string
  /** As configured, with a slash at the end; null if not set: then ask `publicBaseurl`, which needs the port that was really bound. */
  readonly publicBaseurl: string | null
  readonly metricsEnabled: boolean
  /** `mailto:…`, a user id, or a URL. */
  readonly adminContact: string | null
  /** What `/.well-known/matrix/client` has beside what the server says itself. */
  readonly extraWellKnown: Readonly<Record<string, unknown>>
  /** Signs events and answers to other servers. */
  readonly signingKey: SigningKey
  /** Source of keys for short-lived things; derive one for each purpose (HKDF), do not use it as it is. */
  readonly secret: Secret
}
