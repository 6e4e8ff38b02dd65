import type { Secret } from '@glia/platform'
import type { UserId } from '@glia/protocol'
import { section } from '../section.ts'
import { type Setting, setting, type ValuesOf } from '../setting.ts'
import { choice, httpUrl, listOf, optional, path, secret, size, userId } from '../types.ts'
import { gliaAuthFields } from './auth.ts'

const logFields = {
  level: setting(choice('debug', 'info', 'warn', 'error', 'silent'), { default: 'info', doc: 'Least important records that are written.' }),
  format: setting(choice('text', 'json'), { default: 'text', doc: '`text` for people, `json` (one object a line) for machines.' }),
}

const reportFields = {
  webhook_url: setting(optional(httpUrl), {
    doc: 'Is told of each new report by a POST with its kind and ids (docs/reports.md). Tried for about a day.',
  }),
  webhook_secret: setting(optional(secret), {
    doc: 'With it the receiver can check that a report came from here: `X-Glia-Signature: sha256=…`, an HMAC over the body.',
  }),
  webhook_secret_path: setting(optional(path), { doc: 'File with `webhook_secret`.' }),
  notice_recipients: setting(listOf(userId, 'a list of user ids'), {
    default: [],
    doc: 'Admins and helpers of this server who are told of each new report by a server notice. Needs `server_notices`.',
  }),
}

const mediaFields = {
  user_quota: setting(optional(size), {
    doc: 'How much the files of one user may add up to. Admins can set another for a user (docs/retention.md). Not set: any amount.',
  }),
}

export const gliaFields = {
  glia: setting(
    section({
      log: setting(section(logFields), { default: {}, doc: 'The log, which goes to standard output.' }),
      auth: setting(section(gliaAuthFields), { default: {}, doc: 'Sign-in, OAuth and tokens.' }),
      media: setting(section(mediaFields), { default: {}, doc: 'What users upload.' }),
      reports: setting(section(reportFields), { default: {}, doc: 'What users report to the admins.' }),
    }),
    { default: {}, doc: 'Settings that Synapse does not have. No name of Synapse begins with `glia`, so the two never meet.' },
  ),
} satisfies Record<string, Setting<unknown>>

export interface LogConfig {
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent'
  readonly format: 'text' | 'json'
}

export function logConfig(values: ValuesOf<typeof gliaFields>): LogConfig {
  return values.glia.log
}

export interface MediaQuotaConfig {
  /** What the files of one user may add up to. Null: any amount. */
  readonly userBytes: number | null
}

export function mediaQuotaConfig(values: ValuesOf<typeof gliaFields>): MediaQuotaConfig {
  return { userBytes: values.glia.media.user_quota }
}

export interface ReportsConfig {
  /** Null: nobody is told. */
  readonly webhook: { readonly url: string; readonly secret: Secret | null } | null
  /** Told by a server notice. */
  readonly noticeRecipients: readonly UserId[]
}

/** `webhookSecret` is the one in force: from the file or the configuration itself. */
export function reportsConfig(values: ValuesOf<typeof gliaFields>, webhookSecret: Secret | null): ReportsConfig {
  const { webhook_url: url, notice_recipients: noticeRecipients } = values.glia.reports
  return { webhook: url === null ? null : { url, secret: webhookSecret }, noticeRecipients }
}
