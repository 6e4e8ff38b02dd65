import type { DialectName } from '@glia/database'
import type { Clock } from '@glia/platform'
import { type MailServer, startMailServer } from '@glia/testing'
import { startTestServer, type TestServer } from './start-server.ts'

/** A server that sends its e-mail to a mail server of the test. */
export interface EmailServer {
  readonly server: TestServer
  readonly mail: MailServer
  remove(): Promise<void>
}

export async function startEmailServer(
  options: { dialect?: DialectName; config?: Record<string, unknown>; clock?: Clock } = {},
): Promise<EmailServer> {
  const mail = await startMailServer()
  const email = { smtp_host: '127.0.0.1', smtp_port: mail.port, notif_from: '%(app)s <noreply@glia.test>', app_name: 'Glia' }
  const server = await startTestServer({ ...options, config: { email, ...options.config } })
  return {
    server,
    mail,
    async remove() {
      await server.remove()
      await mail.stop()
    },
  }
}
