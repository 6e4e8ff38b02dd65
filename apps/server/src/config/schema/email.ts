import type { Secret } from '@glia/platform'
import { section } from '../section.ts'
import { type Setting, setting, type ValuesOf } from '../setting.ts'
import { boolean, checked, duration, integer, listOf, optional, path, secret, text } from '../types.ts'

const regularExpression = checked(text, (pattern) => {
  try {
    new RegExp(pattern)
    return undefined
  } catch {
    return 'must be a regular expression'
  }
})

export const emailFields = {
  email: setting(
    optional(
      section(
        {
          smtp_host: setting(text, { default: 'localhost', doc: 'The mail server that takes outgoing mail.' }),
          smtp_port: setting(optional(integer({ min: 1, max: 65_535 })), {
            doc: 'Its port. Not set: 465 with `force_tls`, otherwise 25. Use 587 for submission with STARTTLS.',
          }),
          smtp_user: setting(optional(text), { doc: 'User name at the mail server. Not set: none is given.' }),
          smtp_pass: setting(optional(secret), { doc: 'Password at the mail server.' }),
          smtp_pass_path: setting(optional(path), { doc: 'File with `smtp_pass`.' }),
          force_tls: setting(boolean, { default: false, doc: 'TLS from the first byte (port 465) in place of STARTTLS.' }),
          require_transport_security: setting(boolean, {
            default: false,
            doc: 'Send nothing unless STARTTLS works and the certificate is right.',
          }),
          enable_tls: setting(boolean, { default: true, doc: 'Use STARTTLS where the mail server offers it.' }),
          tlsname: setting(optional(text), { doc: 'The name that the certificate must bear. Not set: `smtp_host`.' }),
          notif_from: setting(optional(text), {
            doc: 'The sender: `"Example <noreply@example.com>"`; `%(app)s` stands for `app_name`. Without it no e-mail is sent, and addresses cannot be confirmed.',
          }),
          app_name: setting(text, { default: 'Matrix', doc: 'The name of the service, at the end of each message.' }),
          validation_token_lifetime: setting(duration, {
            default: '1h',
            doc: 'How long the link in a message works that confirms an address.',
          }),
        },
        {
          client_base_url: '',
          enable_notifs: 'there are no e-mails about missed messages',
          invite_client_location: '',
          notif_delay_before_mail: '',
          notif_for_new_users: '',
          riot_base_url: '',
          subjects: 'subjects cannot be changed',
          template_dir: 'templates cannot be changed',
        },
      ),
    ),
    { doc: 'Sending e-mail: confirming addresses, new passwords. Not set: no e-mail is sent.' },
  ),
  enable_3pid_changes: setting(boolean, { default: true, doc: 'Users may add and remove e-mail addresses of their account.' }),
  registrations_require_3pid: setting(listOf(text, 'a list'), {
    default: [],
    doc: 'What must be confirmed to get an account: `[email]`, or nothing. Phone numbers cannot be confirmed.',
  }),
  allowed_local_3pids: setting(
    listOf(
      section({
        medium: setting(text, { doc: '`email` or `msisdn`.' }),
        pattern: setting(regularExpression, { doc: 'A regular expression that the beginning of the address must match.' }),
      }),
      'a list of maps with medium and pattern',
    ),
    { default: [], doc: 'Addresses that accounts may have. Empty: any.' },
  ),
  request_token_inhibit_3pid_errors: setting(boolean, {
    default: false,
    doc: 'Do not tell who asks for a confirmation whether the address belongs to an account; the owner is told by e-mail.',
  }),
  next_link_domain_whitelist: setting(optional(listOf(text, 'a list of host names')), {
    doc: 'Hosts to which a client may have the browser led after an address was confirmed. Not set: any.',
  }),
} satisfies Record<string, Setting<unknown>>

export interface EmailConfig {
  /** Null: no e-mail is sent. */
  readonly smtp: {
    readonly host: string
    readonly port: number
    readonly user: string | null
    readonly pass: Secret | null
    readonly forceTls: boolean
    readonly requireTransportSecurity: boolean
    readonly enableTls: boolean
    readonly tlsName: string | null
    readonly from: string
  } | null
  readonly appName: string
  readonly validationLifetimeMs: number
  readonly changesEnabled: boolean
  readonly isRequiredToRegister: boolean
  /** Empty: any address. */
  readonly allowed: readonly { readonly medium: string; readonly pattern: RegExp }[]
  readonly inhibitErrors: boolean
  /** Null: any. */
  readonly nextLinkHosts: readonly string[] | null
}

/** `readPass` gives the password in force: from the file or the configuration itself. `refuse` is told what cannot go together. */
export function emailConfig(
  values: ValuesOf<typeof emailFields>,
  readPass: (inline: Secret | null, file: string | null) => Secret | null,
  refuse: (key: string, message: string) => void,
): EmailConfig {
  const { email } = values
  const required = values.registrations_require_3pid
  const smtp = email && email.notif_from !== null ? smtpOf(email, email.notif_from, readPass) : null
  if (required.some((medium) => medium !== 'email'))
    refuse('registrations_require_3pid', 'can only hold email: phone numbers cannot be confirmed')
  if (required.length > 0 && !smtp)
    refuse('registrations_require_3pid', 'needs email with notif_from: without it no address can be confirmed')
  return {
    smtp,
    appName: email?.app_name ?? 'Matrix',
    validationLifetimeMs: email?.validation_token_lifetime ?? 3_600_000,
    changesEnabled: values.enable_3pid_changes,
    isRequiredToRegister: required.length > 0,
    // Python's re.match: from the beginning, not to the end
    allowed: values.allowed_local_3pids.map(({ medium, pattern }) => ({ medium, pattern: new RegExp(`^(?:${pattern})`) })),
    inhibitErrors: values.request_token_inhibit_3pid_errors,
    nextLinkHosts: values.next_link_domain_whitelist,
  }
}

function smtpOf(
  email: NonNullable<ValuesOf<typeof emailFields>['email']>,
  from: string,
  readPass: (inline: Secret | null, file: string | null) => Secret | null,
): NonNullable<EmailConfig['smtp']> {
  return {
    host: email.smtp_host,
    port: email.smtp_port ?? (email.force_tls ? 465 : 25),
    user: email.smtp_user,
    pass: readPass(email.smtp_pass, email.smtp_pass_path),
    forceTls: email.force_tls,
    requireTransportSecurity: email.require_transport_security,
    enableTls: email.enable_tls,
    tlsName: email.tlsname,
    from: from.replaceAll('%(app)s', email.app_name),
  }
}
