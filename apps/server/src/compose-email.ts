import {
  type AuthSchema,
  createEmailCodes,
  createEmailValidations,
  createMailing,
  createOutbox,
  createRecovery,
  createSmtpDelivery,
  type EmailCodes,
  type EmailValidations,
  type HomeserverLink,
  type Recovery,
} from '@glia/auth'
import type { Database } from '@glia/database'
import type { Clock, Logger, Random } from '@glia/platform'
import type { Config } from './config/index.ts'

interface Email {
  /** What the pages do with e-mail; all undefined where none is sent. */
  readonly pages: {
    readonly emailValidations: EmailValidations | undefined
    readonly emailCodes: EmailCodes | undefined
    readonly recovery: Recovery | undefined
  }
  start(): void
  stop(): Promise<void>
}

/** Sending e-mail, and what is done with it. Where no mail server is configured, there is neither. */
export function composeEmail(options: {
  config: Config
  database: Database<AuthSchema>
  homeserver: HomeserverLink
  clock: Clock
  random: Random
  logger: Logger
  publicBaseUrl: () => string
}): Email {
  const { config, database, homeserver, clock, random, logger, publicBaseUrl } = options
  const { smtp, appName, validationLifetimeMs } = config.email
  if (!smtp) return { pages: { emailValidations: undefined, emailCodes: undefined, recovery: undefined }, start() {}, async stop() {} }
  const outbox = createOutbox({ database: database.as(), clock, random, logger, deliver: createSmtpDelivery(smtp) })
  const mailing = createMailing({ outbox, clock, sender: { appName, serverName: config.server.name } })
  const parts = { clock, random, secret: config.server.secret, mailing }
  return {
    pages: {
      emailValidations: createEmailValidations({ ...parts, database: database.as(), publicBaseUrl, lifetimeMs: validationLifetimeMs }),
      emailCodes: createEmailCodes({ ...parts, database: database.as() }),
      recovery: createRecovery({ ...parts, database: database.as(), homeserver, issuer: publicBaseUrl }),
    },
    start: outbox.start,
    stop: outbox.stop,
  }
}
