import type { Secret } from '@glia/platform'
import { section } from '../section.ts'
import { type Setting, setting, type ValuesOf } from '../setting.ts'
import { boolean, checked, duration, listOf, listOrOne, optional, path, plainMap, secret, text } from '../types.ts'

const transport = checked(plainMap, (value) => (typeof value.type === 'string' ? undefined : 'must have a type, such as livekit'))

export const callsFields = {
  turn_uris: setting(listOrOne(text, 'a list of TURN URIs'), {
    default: [],
    doc: 'TURN servers that clients use for calls, such as `turn:turn.example.com?transport=udp`.',
  }),
  turn_shared_secret: setting(optional(secret), {
    doc: 'The secret that the TURN server shares (`static-auth-secret` of coturn): every user gets credentials that end.',
  }),
  turn_shared_secret_path: setting(optional(path), { doc: 'File with `turn_shared_secret`.' }),
  turn_username: setting(optional(text), { doc: 'The name for the TURN server, where it has no shared secret.' }),
  turn_password: setting(optional(secret), { doc: 'The password that goes with `turn_username`.' }),
  turn_user_lifetime: setting(duration, { default: '1h', doc: 'How long credentials for the TURN server hold.' }),
  turn_allow_guests: setting(boolean, { default: true, doc: 'Give guests credentials for the TURN server, too.' }),
  matrix_rtc: setting(
    section({
      transports: setting(listOf(transport, 'a list of maps with a type'), {
        default: [],
        doc: 'Ways for group calls (MSC4143): `{type: livekit, livekit_service_url: https://…}`. Clients also find them in `/.well-known/matrix/client`.',
      }),
    }),
    { default: {}, doc: 'Group calls, as of Element Call.' },
  ),
} satisfies Record<string, Setting<unknown>>

export interface CallsConfig {
  /** Null: there is no TURN server. */
  readonly turn: TurnConfig | null
  readonly rtcTransports: readonly Readonly<Record<string, unknown>>[]
}

export interface TurnConfig {
  readonly uris: readonly string[]
  readonly lifetimeMs: number
  readonly guestsAllowed: boolean
  /** Either the secret that credentials are made from, or the credentials of everybody. */
  readonly credentials: { readonly sharedSecret: Secret } | { readonly username: string; readonly password: Secret }
}

/** `sharedSecret` is the one in force: from the file or the configuration itself. `refuse` is told what is missing. */
export function callsConfig(
  values: ValuesOf<typeof callsFields>,
  sharedSecret: Secret | null,
  refuse: (key: string, message: string) => void,
): CallsConfig {
  const rtcTransports = values.matrix_rtc.transports
  if (values.turn_uris.length === 0) return { turn: null, rtcTransports }
  const { turn_username: username, turn_password: password } = values
  const credentials = sharedSecret ? { sharedSecret } : username !== null && password !== null ? { username, password } : undefined
  if (!credentials) {
    refuse('turn_uris', 'needs turn_shared_secret, or turn_username and turn_password')
    return { turn: null, rtcTransports }
  }
  const turn = {
    uris: values.turn_uris,
    lifetimeMs: values.turn_user_lifetime,
    guestsAllowed: values.turn_allow_guests,
    credentials,
  }
  return { turn, rtcTransports }
}
