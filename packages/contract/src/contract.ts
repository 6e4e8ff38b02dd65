import * as adminAccountValidity from './admin/account-validity.ts'
import * as adminDevices from './admin/devices.ts'
import * as adminExperimentalFeatures from './admin/experimental-features.ts'
import * as adminFederation from './admin/federation.ts'
import * as adminMaintenance from './admin/maintenance.ts'
import * as adminMedia from './admin/media.ts'
import * as adminPurgeHistory from './admin/purge-history.ts'
import * as adminPushers from './admin/pushers.ts'
import * as adminRateLimits from './admin/rate-limits.ts'
import * as adminRegister from './admin/register.ts'
import * as adminRegistrationTokens from './admin/registration-tokens.ts'
import * as adminReports from './admin/reports.ts'
import * as adminRoomHistory from './admin/room-history.ts'
import * as adminRooms from './admin/rooms.ts'
import * as adminScheduledTasks from './admin/scheduled-tasks.ts'
import * as adminServer from './admin/server.ts'
import * as adminServerNotices from './admin/server-notices.ts'
import * as adminUserActivity from './admin/user-activity.ts'
import * as adminUserData from './admin/user-data.ts'
import * as adminUserLookup from './admin/user-lookup.ts'
import * as adminUserModeration from './admin/user-moderation.ts'
import * as adminUserRedaction from './admin/user-redaction.ts'
import * as adminUsers from './admin/users.ts'
import * as authAdminCompatSessions from './auth-admin/compat-sessions.ts'
import * as authAdminOAuth2Clients from './auth-admin/oauth2-clients.ts'
import * as authAdminOAuth2Sessions from './auth-admin/oauth2-sessions.ts'
import * as authAdminPersonalSessions from './auth-admin/personal-sessions.ts'
import * as authAdminPolicyData from './auth-admin/policy-data.ts'
import * as authAdminServer from './auth-admin/server.ts'
import * as authAdminUpstreamOAuthLinks from './auth-admin/upstream-oauth-links.ts'
import * as authAdminUpstreamOAuthProviders from './auth-admin/upstream-oauth-providers.ts'
import * as authAdminUserEmails from './auth-admin/user-emails.ts'
import * as authAdminUserRegistrationTokens from './auth-admin/user-registration-tokens.ts'
import * as authAdminUserSessions from './auth-admin/user-sessions.ts'
import * as authAdminUsers from './auth-admin/users.ts'
import * as clientAccount from './client/account.ts'
import * as clientAccountData from './client/account-data.ts'
import * as clientAppservices from './client/appservices.ts'
import * as clientDehydratedDevice from './client/dehydrated-device.ts'
import * as clientDelayedEvents from './client/delayed-events.ts'
import * as clientDevices from './client/devices.ts'
import * as clientDirectory from './client/directory.ts'
import * as clientFilters from './client/filters.ts'
import * as clientKeyBackup from './client/key-backup.ts'
import * as clientKeys from './client/keys.ts'
import * as clientLogin from './client/login.ts'
import * as clientMedia from './client/media.ts'
import * as clientMembership from './client/membership.ts'
import * as clientMisc from './client/misc.ts'
import * as clientOpenId from './client/openid.ts'
import * as clientPresence from './client/presence.ts'
import * as clientProfile from './client/profile.ts'
import * as clientPushRules from './client/push-rules.ts'
import * as clientPushers from './client/pushers.ts'
import * as clientReceipts from './client/receipts.ts'
import * as clientRegister from './client/register.ts'
import * as clientRelations from './client/relations.ts'
import * as clientReports from './client/reports.ts'
import * as clientRoomHistory from './client/room-history.ts'
import * as clientRooms from './client/rooms.ts'
import * as clientRoomsSend from './client/rooms-send.ts'
import * as clientSearch from './client/search.ts'
import * as clientSlidingSync from './client/sliding-sync.ts'
import * as clientSpaces from './client/spaces.ts'
import * as clientSync from './client/sync.ts'
import * as clientSystem from './client/system.ts'
import * as clientThreepids from './client/threepids.ts'
import * as clientToDevice from './client/to-device.ts'
import * as clientTyping from './client/typing.ts'
import * as clientUrlPreviews from './client/url-previews.ts'
import * as clientUserDirectory from './client/user-directory.ts'
import { type AnyEndpoint, isEndpoint } from './endpoint.ts'
import * as gliaAdminRoles from './glia/admin-roles.ts'
import * as gliaApiDescription from './glia/api-description.ts'
import * as gliaAudit from './glia/audit.ts'
import * as gliaBulk from './glia/bulk.ts'
import * as gliaHealth from './glia/health.ts'
import * as gliaLists from './glia/lists.ts'
import * as gliaMedia from './glia/media.ts'
import * as gliaMediaQuotas from './glia/media-quotas.ts'
import * as gliaReports from './glia/reports.ts'
import * as gliaRetention from './glia/retention.ts'
import * as gliaRoomActions from './glia/room-actions.ts'
import * as gliaRooms from './glia/rooms.ts'
import * as gliaStream from './glia/stream.ts'
import * as gliaTimeSeries from './glia/time-series.ts'
import * as gliaUsers from './glia/users.ts'
import * as oauthAuthorization from './oauth/authorization.ts'
import * as oauthBackchannelLogout from './oauth/backchannel-logout.ts'
import * as oauthClientRegistration from './oauth/client-registration.ts'
import * as oauthDeviceAuthorization from './oauth/device-authorization.ts'
import * as oauthDiscovery from './oauth/discovery.ts'
import * as oauthToken from './oauth/token.ts'
import * as oauthUserinfo from './oauth/userinfo.ts'
import * as pagesAccount from './pages/account.ts'
import * as pagesAccountSettings from './pages/account-settings.ts'
import * as pagesAssets from './pages/assets.ts'
import * as pagesAuthFallback from './pages/auth-fallback.ts'
import * as pagesEmail from './pages/email.ts'
import * as pagesGrants from './pages/grants.ts'
import * as pagesHome from './pages/home.ts'
import * as pagesMediaLimits from './pages/media-limits.ts'
import * as pagesRecovery from './pages/recovery.ts'
import * as pagesSignIn from './pages/sign-in.ts'
import * as pagesSso from './pages/sso.ts'
import * as pagesUpstream from './pages/upstream.ts'
import * as provisioningDevices from './provisioning/devices.ts'
import * as provisioningUsers from './provisioning/users.ts'

/**
 * Every endpoint of Glia, by surface and resource. The typed client has a method for each (`client.admin.server.getServerVersion`), the
 * server refuses to start while one has no route.
 */
export const contract = {
  /** Client-Server API */
  client: {
    account: clientAccount,
    dehydratedDevice: clientDehydratedDevice,
    delayedEvents: clientDelayedEvents,
    appservices: clientAppservices,
    devices: clientDevices,
    profile: clientProfile,
    threepids: clientThreepids,
    login: clientLogin,
    register: clientRegister,
    media: clientMedia,
    relations: clientRelations,
    reports: clientReports,
    roomHistory: clientRoomHistory,
    rooms: clientRooms,
    roomsSend: clientRoomsSend,
    membership: clientMembership,
    directory: clientDirectory,
    presence: clientPresence,
    search: clientSearch,
    spaces: clientSpaces,
    sync: clientSync,
    slidingSync: clientSlidingSync,
    accountData: clientAccountData,
    filters: clientFilters,
    keyBackup: clientKeyBackup,
    keys: clientKeys,
    misc: clientMisc,
    openid: clientOpenId,
    pushers: clientPushers,
    urlPreviews: clientUrlPreviews,
    pushRules: clientPushRules,
    receipts: clientReceipts,
    toDevice: clientToDevice,
    typing: clientTyping,
    userDirectory: clientUserDirectory,
    system: clientSystem,
  },
  /** Synapse's Admin API */
  admin: {
    accountValidity: adminAccountValidity,
    devices: adminDevices,
    userActivity: adminUserActivity,
    userData: adminUserData,
    userLookup: adminUserLookup,
    pushers: adminPushers,
    userModeration: adminUserModeration,
    userRedaction: adminUserRedaction,
    users: adminUsers,
    experimentalFeatures: adminExperimentalFeatures,
    federation: adminFederation,
    maintenance: adminMaintenance,
    media: adminMedia,
    purgeHistory: adminPurgeHistory,
    rateLimits: adminRateLimits,
    register: adminRegister,
    registrationTokens: adminRegistrationTokens,
    reports: adminReports,
    roomHistory: adminRoomHistory,
    rooms: adminRooms,
    scheduledTasks: adminScheduledTasks,
    server: adminServer,
    serverNotices: adminServerNotices,
  },
  /** MAS's Admin API */
  authAdmin: {
    compatSessions: authAdminCompatSessions,
    oauth2Clients: authAdminOAuth2Clients,
    oauth2Sessions: authAdminOAuth2Sessions,
    personalSessions: authAdminPersonalSessions,
    policyData: authAdminPolicyData,
    server: authAdminServer,
    upstreamOAuthLinks: authAdminUpstreamOAuthLinks,
    upstreamOAuthProviders: authAdminUpstreamOAuthProviders,
    userEmails: authAdminUserEmails,
    userRegistrationTokens: authAdminUserRegistrationTokens,
    userSessions: authAdminUserSessions,
    users: authAdminUsers,
  },
  /** OAuth 2.0 and OpenID Connect */
  oauth: {
    authorization: oauthAuthorization,
    backchannelLogout: oauthBackchannelLogout,
    clientRegistration: oauthClientRegistration,
    deviceAuthorization: oauthDeviceAuthorization,
    discovery: oauthDiscovery,
    token: oauthToken,
    userinfo: oauthUserinfo,
  },
  /** What an auth service elsewhere tells this homeserver */
  provisioning: {
    devices: provisioningDevices,
    users: provisioningUsers,
  },
  /** Pages for people: signing in, consent, the own account */
  pages: {
    account: pagesAccount,
    accountSettings: pagesAccountSettings,
    assets: pagesAssets,
    authFallback: pagesAuthFallback,
    email: pagesEmail,
    grants: pagesGrants,
    home: pagesHome,
    mediaLimits: pagesMediaLimits,
    recovery: pagesRecovery,
    signIn: pagesSignIn,
    sso: pagesSso,
    upstream: pagesUpstream,
  },
  /** Glia's own */
  glia: {
    adminRoles: gliaAdminRoles,
    apiDescription: gliaApiDescription,
    audit: gliaAudit,
    bulk: gliaBulk,
    health: gliaHealth,
    lists: gliaLists,
    media: gliaMedia,
    mediaQuotas: gliaMediaQuotas,
    reports: gliaReports,
    retention: gliaRetention,
    roomActions: gliaRoomActions,
    rooms: gliaRooms,
    stream: gliaStream,
    timeSeries: gliaTimeSeries,
    users: gliaUsers,
  },
} as const

export type Contract = typeof contract

/** All endpoints of the contract in one list. */
export function allEndpoints(): AnyEndpoint[] {
  const resources: object[] = Object.values(contract).flatMap((surface) => Object.values(surface))
  return resources.flatMap((resource) => Object.values(resource)).filter(isEndpoint)
}
