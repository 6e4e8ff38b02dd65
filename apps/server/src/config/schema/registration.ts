import type { Secret } from '@glia/platform'
import { section } from '../section.ts'
import { type Setting, setting, type ValuesOf } from '../setting.ts'
import { boolean, duration, optional, path, secret } from '../types.ts'

export const registrationFields = {
  enable_registration: setting(boolean, {
    default: false,
    doc: 'Let people create accounts themselves. Needs `registration_requires_token` or `enable_registration_without_verification`.',
  }),
  enable_registration_without_verification: setting(boolean, {
    default: false,
    doc: 'Let anybody at all create accounts. On a public server that invites spam.',
  }),
  registration_requires_token: setting(boolean, {
    default: false,
    doc: 'Who creates an account needs a registration token. With `enable_registration: false` nobody can create one, token or not.',
  }),
  registration_shared_secret: setting(optional(secret), {
    doc: 'Who knows this secret can create accounts, also admins, through `/_synapse/admin/v1/register`, whatever the other settings say.',
  }),
  registration_shared_secret_path: setting(optional(path), {
    doc: 'File with `registration_shared_secret`; the first start makes one and writes the key into `glia.yaml`.',
  }),
  allow_guest_access: setting(boolean, { default: false, doc: 'Let guests (users without an account) in.' }),
  account_validity: setting(
    section({
      enabled: setting(boolean, {
        default: false,
        doc: 'Refuse requests of accounts whose time is over with `ORG_MATRIX_EXPIRED_ACCOUNT`.',
      }),
      period: setting(optional(duration), { doc: 'How long new accounts can be used. Admins set other times by the Admin API.' }),
    }),
    { default: {}, doc: 'Accounts that can be used for a time only.' },
  ),
} satisfies Record<string, Setting<unknown>>

export interface RegistrationConfig {
  readonly enabled: boolean
  readonly requiresToken: boolean
  /** Null: no registration by shared secret. */
  readonly sharedSecret: Secret | null
  readonly guestsAllowed: boolean
  /** Null: accounts can be used for ever. `periodMs` is that of new accounts. */
  readonly validity: { readonly periodMs: number | null } | null
}

/** `sharedSecret` is the one in force: from the file or the configuration itself. `refuse` is told what cannot go together. */
export function registrationConfig(
  values: ValuesOf<typeof registrationFields>,
  sharedSecret: Secret | null,
  refuse: (key: string, message: string) => void,
): RegistrationConfig {
  if (values.enable_registration && !values.registration_requires_token && !values.enable_registration_without_verification) {
    refuse(
      'enable_registration',
      'open registration attracts spam: set registration_requires_token to true, or, if you mean it, enable_registration_without_verification',
    )
  }
  return {
    enabled: values.enable_registration,
    requiresToken: values.registration_requires_token,
    sharedSecret,
    guestsAllowed: values.allow_guest_access,
    validity: values.account_validity.enabled ? { periodMs: values.account_validity.period } : null,
  }
}
