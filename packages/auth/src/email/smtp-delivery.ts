import type { Secret } from '@glia/platform'
import type { Transporter } from 'nodemailer'
import { type DeliverMail, MailRefused } from './mail.ts'

/** How to reach the mail server; names and meaning as in Synapse's `email`. */
export interface SmtpSettings {
  readonly host: string
  readonly port: number
  readonly user: string | null
  readonly pass: Secret | null
  /** TLS from the first byte; otherwise STARTTLS is used where the server offers it. */
  readonly forceTls: boolean
  /** False: STARTTLS is not used even if offered. */
  readonly enableTls: boolean
  /** Without STARTTLS nothing is sent. */
  readonly requireTransportSecurity: boolean
  /** The name that the certificate must bear; null: the host. */
  readonly tlsName: string | null
  /** Of the sender: `Glia <noreply@example.com>`. */
  readonly from: string
}

const TIMEOUT_MS = 30_000

/**
 * Sends through SMTP, one connection a message. The certificate is checked where TLS is demanded; where it is only taken as offered,
 * whoever is in between could as well leave it out.
 */
export function createSmtpDelivery(settings: SmtpSettings): DeliverMail {
  const isDemanded = settings.forceTls || settings.requireTransportSecurity
  const domain = /@([^\s<>@]+)>?\s*$/.exec(settings.from)?.[1] ?? 'localhost'
  let transport: Transporter | undefined
  // loaded with the first message: a server that sends none does without
  const open = async () => {
    const { createTransport } = await import('nodemailer')
    return createTransport({
      host: settings.host,
      port: settings.port,
      secure: settings.forceTls,
      ignoreTLS: !settings.enableTls,
      requireTLS: settings.requireTransportSecurity,
      tls: { rejectUnauthorized: isDemanded, ...(settings.tlsName === null ? {} : { servername: settings.tlsName }) },
      ...(settings.user === null ? {} : { auth: { user: settings.user, pass: settings.pass?.reveal() ?? '' } }),
      connectionTimeout: TIMEOUT_MS,
      greetingTimeout: TIMEOUT_MS,
      socketTimeout: TIMEOUT_MS,
      disableFileAccess: true,
      disableUrlAccess: true,
    })
  }
  return async (mail) => {
    transport ??= await open()
    try {
      await transport.sendMail({
        messageId: `<${mail.id}@${domain}>`,
        date: new Date(mail.createdAtMs),
        from: settings.from,
        to: { name: '', address: mail.address },
        subject: mail.subject,
        text: mail.text,
        html: mail.html,
        headers: { 'auto-submitted': 'auto-generated', 'x-auto-response-suppress': 'All' },
      })
    } catch (error) {
      const { code, responseCode } = error as { code?: string; responseCode?: number }
      const isAboutMessage = code === 'EENVELOPE' || code === 'EMESSAGE'
      if (isAboutMessage && responseCode !== undefined && responseCode >= 500) throw new MailRefused(responseCode, { cause: error })
      throw error
    }
  }
}
