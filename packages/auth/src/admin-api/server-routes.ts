import { contract, openApiDocument } from '@glia/contract'
import { type Route, route } from '@glia/http'

export interface AuthAdminServerRoutesDeps {
  readonly version: string
  /** With a slash at the end. */
  readonly issuer: () => string
  readonly serverName: string
  readonly passwordsEnabled: boolean
  readonly registration: { readonly isEnabled: boolean; readonly requiresToken: boolean }
  readonly email: { readonly isSent: boolean; readonly isRequired: boolean; readonly changesEnabled: boolean }
}

/** Version and settings. What Glia does not have (captcha, password strength) is said to be off. */
export function authAdminServerRoutes({
  version,
  issuer,
  serverName,
  passwordsEnabled,
  registration,
  email,
}: AuthAdminServerRoutesDeps): Route[] {
  const { server } = contract.authAdmin
  return [
    route(server.getVersion, async () => ({ version })),
    route(server.getOpenApi, async () => openApiDocument({ version, serverUrl: issuer().replace(/\/$/, ''), surface: 'auth-admin' })),
    route(server.getSiteConfig, async () => ({
      server_name: serverName,
      password_login_enabled: passwordsEnabled,
      password_registration_enabled: passwordsEnabled && registration.isEnabled,
      password_registration_email_required: email.isRequired,
      password_registration_token_required: registration.requiresToken,
      registration_token_required: registration.requiresToken,
      email_change_allowed: email.isSent && email.changesEnabled,
      displayname_change_allowed: true,
      password_change_allowed: passwordsEnabled,
      account_recovery_allowed: passwordsEnabled && email.isSent,
      account_deactivation_allowed: true,
      captcha_enabled: false,
      minimum_password_complexity: 0,
    })),
  ]
}
