import { readFileSync } from 'node:fs'
import { contract } from '@glia/contract'
import { Reply, type Route, route } from '@glia/http'
import { type AccountRoutesDeps, accountPageRoutes } from './account-routes.ts'
import { type AuthFallbackDeps, authFallbackRoutes } from './auth-fallback-routes.ts'
import { type AuthorizeRoutesDeps, authorizeRoutes } from './authorize-routes.ts'
import { type ConsentRoutesDeps, consentRoutes } from './consent-routes.ts'
import { deactivationRoutes } from './deactivation-routes.ts'
import { type DeviceRoutesDeps, deviceRoutes } from './device-routes.ts'
import { type EmailLinkDeps, emailLinkRoutes } from './email-link-routes.ts'
import { type EmailsPageDeps, emailsRoutes } from './emails-routes.ts'
import { homeRoutes } from './home-routes.ts'
import { loginFallbackRoutes } from './login-fallback.ts'
import { type LoginRoutesDeps, loginRoutes } from './login-routes.ts'
import { type PasswordPageDeps, passwordPageRoutes } from './password-routes.ts'
import { type RecoveryPageDeps, recoveryRoutes } from './recovery-routes.ts'
import { type RegisterPageDeps, registerPageRoutes } from './register-routes.ts'
import { type SetupRoutesDeps, setupRoutes } from './setup-routes.ts'
import { type SsoPageDeps, ssoRoutes } from './sso-routes.ts'
import { type UpstreamLinkDeps, upstreamLinkRoutes } from './upstream-link-routes.ts'
import { upstreamRoutes } from './upstream-routes.ts'

export type PageRoutesDeps = AccountRoutesDeps &
  AuthFallbackDeps &
  AuthorizeRoutesDeps &
  ConsentRoutesDeps &
  EmailLinkDeps &
  DeviceRoutesDeps &
  LoginRoutesDeps &
  RegisterPageDeps &
  SetupRoutesDeps &
  EmailsPageDeps &
  PasswordPageDeps &
  RecoveryPageDeps &
  SsoPageDeps &
  UpstreamLinkDeps

/** All pages for people. They need no script but for the fallbacks of the specification, and load nothing from elsewhere. */
export function pageRoutes(deps: PageRoutesDeps): Route[] {
  const stylesheet = readFileSync(new URL('./style.css', import.meta.url))
  return [
    ...homeRoutes(deps),
    ...loginRoutes(deps),
    ...loginFallbackRoutes(deps),
    ...authFallbackRoutes(deps),
    ...registerPageRoutes(deps),
    ...setupRoutes(deps),
    ...deviceRoutes(deps),
    ...authorizeRoutes(deps),
    ...consentRoutes(deps),
    ...accountPageRoutes(deps),
    ...passwordPageRoutes(deps),
    ...emailsRoutes(deps),
    ...deactivationRoutes(deps),
    ...recoveryRoutes(deps),
    ...ssoRoutes(deps),
    ...emailLinkRoutes(deps),
    ...upstreamRoutes(deps),
    ...upstreamLinkRoutes(deps),
    route(
      contract.pages.assets.getStylesheet,
      async () => new Reply(200, { 'content-type': 'text/css; charset=utf-8', 'cache-control': 'public, max-age=3600' }, stylesheet),
    ),
  ]
}
