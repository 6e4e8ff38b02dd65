import type { Migration } from '@glia/database'
import { homeserverCalls } from './20260101T0900-homeserver-calls.ts'
import { authSessions } from './20260101T1000-auth-sessions.ts'
import { authOauth } from './20260101T1010-auth-oauth.ts'
import { authCleanup } from './20260101T1020-auth-cleanup.ts'
import { interactiveAuth } from './20260101T1100-interactive-auth.ts'
import { email } from './20260101T1200-email.ts'
import { emailPages } from './20260101T1210-email-pages.ts'
import { ssoLogin } from './20260101T1220-sso-login.ts'
import { authSessionLists } from './20260101T1300-auth-session-lists.ts'
import { authUpstreamAndPolicy } from './20260101T1310-auth-upstream-and-policy.ts'
import { upstreamSignIn } from './20260101T1400-upstream-sign-in.ts'
import { clientAssertions } from './20260101T1580-client-assertions.ts'
import { signingKeys } from './20260101T1581-signing-keys.ts'
import { acceptedTerms } from './20260101T1590-accepted-terms.ts'

/** All steps of the auth service's schema. */
export const authMigrations: readonly Migration[] = [
  homeserverCalls,
  authSessions,
  authOauth,
  authCleanup,
  interactiveAuth,
  email,
  emailPages,
  ssoLogin,
  authSessionLists,
  authUpstreamAndPolicy,
  upstreamSignIn,
  clientAssertions,
  signingKeys,
  acceptedTerms,
]
