import type { AccountTables } from './accounts/index.ts'
import type { AuthorizationGrantTables } from './authorization-code/index.ts'
import type { ClientTables } from './client-registration/index.ts'
import type { DeviceGrantTables } from './device-grant/index.ts'
import type { MailTables } from './email/index.ts'
import type { EmailCodeTables } from './email-codes/index.ts'
import type { EmailValidationTables } from './email-validation/index.ts'
import type { PolicyDataTables } from './policy-data/index.ts'
import type { RecoveryTables } from './recovery/index.ts'
import type { RegistrationTokenTables } from './registration-tokens/index.ts'
import type { HomeserverCallTables } from './remote-homeserver/index.ts'
import type { SessionTables } from './sessions/index.ts'
import type { SetupTables } from './setup/index.ts'
import type { SigningKeyTables } from './signing-keys/index.ts'
import type { SsoLoginTables } from './sso-login/index.ts'
import type { AcceptedTermsTables } from './terms/index.ts'
import type { UpstreamTables } from './upstream/index.ts'

/** All tables of the auth service (`auth_…`). Each slice declares its own in its `tables.ts`. */
export type AuthSchema = SetupTables &
  RegistrationTokenTables &
  HomeserverCallTables &
  AccountTables &
  SessionTables &
  ClientTables &
  AuthorizationGrantTables &
  DeviceGrantTables &
  MailTables &
  EmailValidationTables &
  EmailCodeTables &
  RecoveryTables &
  SsoLoginTables &
  PolicyDataTables &
  UpstreamTables &
  SigningKeyTables &
  AcceptedTermsTables
