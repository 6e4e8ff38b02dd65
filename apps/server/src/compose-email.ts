import { type AuthSchema, createEmailValidations, createMailing, createOutbox, createSmtpDelivery } from '@glia/auth'
import type { Database } from '@glia/database'
import type { Clock, Logger, Random } from '@glia/platform'
import type { Config } from './config/index.ts'

/** Sending e-mail, and confirming addresses with it. Where no mail server is configured, there is neither. */
export function composeEmail(options: {
  config: Config
  database: Database<AuthSchema>
  clock: Clock
  random: Random
  logger: Logger
  publicBaseUrl: () => string
}) {
  const { config, database, clock, random, logger, publicBaseUrl } = options
  const { smtp, appName, validationLifetimeMs } = config.email
  if (!smtp) return { mailing: undefined, validations: undefined, start() {}, async stop() {} }
  const outbox = createOutbox({ database: database.as(), clock, random, logger, deliver: createSmtpDelivery(smtp) })
  const mailing = createMailing({ outbox, clock, sender: { appName, serverName: config.server.name } })
  const validations = createEmailValidations({
    database: database.as(),
    clock,
    random,
    secret: config.server.secret,
    mailing,
    publicBaseUrl,
    lifetimeMs: validationLifetimeMs,
  })
  return { mailing, validations, start: outbox.start, stop: outbox.stop }
}
