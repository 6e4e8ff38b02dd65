import type { AppservicesConfig } from './schema/appservices.ts'
import type { AuthConfig } from './schema/auth.ts'
import type { CallsConfig } from './schema/calls.ts'
import type { DatabaseConfig } from './schema/database-config.ts'
import type { EmailConfig } from './schema/email.ts'
import type { LogConfig, MediaQuotaConfig, ReportsConfig } from './schema/glia.ts'
import type { ListenerConfig } from './schema/listeners.ts'
import type { MediaConfig } from './schema/media.ts'
import type { OutboundConfig } from './schema/outbound.ts'
import type { PresenceConfig } from './schema/presence.ts'
import type { PushConfig } from './schema/push.ts'
import type { RatelimitingConfig } from './schema/ratelimiting.ts'
import type { RegistrationConfig } from './schema/registration.ts'
import type { RetentionConfig } from './schema/retention.ts'
import type { RoomsConfig } from './schema/rooms.ts'
import type { ServerConfig } from './schema/server.ts'
import type { UrlPreviewConfig } from './schema/url-previews.ts'

/** The whole configuration, checked and complete. Every part of the server is given only its own section. */
export interface Config {
  /** Absolute. */
  readonly dataDir: string
  readonly server: ServerConfig
  readonly listeners: readonly ListenerConfig[]
  readonly database: DatabaseConfig
  readonly media: MediaConfig
  readonly registration: RegistrationConfig
  readonly auth: AuthConfig
  readonly email: EmailConfig
  readonly rooms: RoomsConfig
  readonly retention: RetentionConfig
  readonly outbound: OutboundConfig
  readonly calls: CallsConfig
  readonly presence: PresenceConfig
  readonly appservices: AppservicesConfig
  readonly push: PushConfig
  readonly urlPreviews: UrlPreviewConfig
  readonly ratelimiting: RatelimitingConfig
  readonly log: LogConfig
  readonly mediaQuota: MediaQuotaConfig
  readonly reports: ReportsConfig
}
