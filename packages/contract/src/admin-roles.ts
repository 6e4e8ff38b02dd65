import type { AnyEndpoint } from './endpoint.ts'

/**
 * What helpers may do without being admins. An account has at most one role; a token can be narrowed to one by its scope.
 * - `read_only`: sees users, rooms, media, reports and tasks; no messages, no secrets.
 * - `moderator`: also reads rooms and acts on reports, rooms, members and media; suspends, locks, shadow-bans.
 * - `support`: also helps people back into their accounts: passwords, e-mail addresses, devices and sessions, locks.
 *
 * Whoever is not an admin changes nothing about an admin or another helper.
 */
export const adminRoles = ['read_only', 'moderator', 'support'] as const
export type AdminRole = (typeof adminRoles)[number]

/** OAuth scope → role. A token with it can do what the role may, whatever else its account may do. */
export const adminRoleScopes: ReadonlyMap<string, AdminRole> = new Map(adminRoles.map((role) => [`urn:glia:admin:${role}`, role]))

/** Endpoints, by id, that each role may call. What is in none of the lists is for admins alone. */
const READS = [
  'admin.background_updates.enabled_get',
  'admin.background_updates.status',
  'admin.devices.get',
  'admin.devices.list',
  'admin.experimental_features.get',
  'admin.federation.destination',
  'admin.federation.destination_rooms',
  'admin.federation.destinations',
  'admin.media.get',
  'admin.media.list_room',
  'admin.media.list_user',
  'admin.media.quarantine_changes',
  'admin.purge_history.status',
  'admin.reports.event_get',
  'admin.reports.events_list',
  'admin.reports.user_get',
  'admin.reports.users_list',
  'admin.rooms.block_get',
  'admin.rooms.delete_status_by_id',
  'admin.rooms.delete_status_by_room',
  'admin.rooms.forward_extremities_list',
  'admin.rooms.get',
  'admin.rooms.hierarchy',
  'admin.rooms.list',
  'admin.rooms.members',
  'admin.rooms.state',
  'admin.scheduled_tasks.list',
  'admin.statistics.database_rooms',
  'admin.statistics.users_media',
  'admin.users.admin_get',
  'admin.users.by_external_id',
  'admin.users.by_threepid',
  'admin.users.cumulative_joined_room_count',
  'admin.users.get_v2',
  'admin.users.joined_rooms',
  'admin.users.list_v2',
  'admin.users.list_v3',
  'admin.users.memberships',
  'admin.users.ratelimit_get',
  'admin.users.redact_status',
  'admin.users.search_v1',
  'admin.users.sent_invite_count',
  'admin.users.username_available',
  'auth_admin.compat_sessions.get',
  'auth_admin.compat_sessions.list',
  'auth_admin.oauth2_clients.get',
  'auth_admin.oauth2_clients.list',
  'auth_admin.oauth2_sessions.get',
  'auth_admin.oauth2_sessions.list',
  'auth_admin.personal_sessions.get',
  'auth_admin.personal_sessions.list',
  'auth_admin.server.get_site_config',
  'auth_admin.server.get_version',
  'auth_admin.upstream_oauth_links.get',
  'auth_admin.upstream_oauth_links.list',
  'auth_admin.upstream_oauth_providers.get',
  'auth_admin.upstream_oauth_providers.list',
  'auth_admin.user_emails.get',
  'auth_admin.user_emails.list',
  'auth_admin.user_sessions.get',
  'auth_admin.user_sessions.list',
  'auth_admin.users.get',
  'auth_admin.users.get_by_username',
  'auth_admin.users.list',
  'client.moderation.get_locked',
  'client.moderation.get_suspended',
  'glia.admin_roles.get',
  'glia.admin_roles.get_own',
  'glia.bulk.get',
  'glia.bulk.list',
  'glia.bulk.results',
  'glia.lists.media_list',
  'glia.lists.rooms_list',
  'glia.lists.servers_list',
  'glia.lists.usernames_list',
  'glia.media.list',
  'glia.media_quotas.get',
  'glia.reports.count',
  'glia.reports.get',
  'glia.reports.list',
  'glia.retention.preview_history',
  'glia.retention.preview_media',
  'glia.stream.open',
  'glia.rooms.list',
  'glia.time_series.get',
  'glia.users.list',
]

const MODERATION = [
  'admin.events.fetch',
  'admin.media.delete',
  'admin.media.delete_user',
  'admin.media.protect',
  'admin.media.quarantine',
  'admin.media.quarantine_room',
  'admin.media.quarantine_user',
  'admin.media.unprotect',
  'admin.media.unquarantine',
  'admin.reports.event_delete',
  'admin.reports.user_delete',
  'admin.rooms.block_put',
  'admin.rooms.context',
  'admin.rooms.delete_v2',
  'admin.rooms.messages',
  'admin.rooms.timestamp_to_event',
  'admin.users.redact',
  'admin.users.shadow_ban_clear',
  'admin.users.shadow_ban_set',
  'admin.users.suspend',
  'auth_admin.users.lock',
  'auth_admin.users.unlock',
  'client.moderation.set_locked',
  'client.moderation.set_suspended',
  'glia.lists.media_delete',
  'glia.lists.media_put',
  'glia.lists.rooms_delete',
  'glia.lists.rooms_put',
  'glia.reports.update',
  'glia.room_actions.ban',
  'glia.room_actions.kick',
  'glia.room_actions.redact',
  'glia.room_actions.set_state',
  'glia.room_actions.unban',
]

const SUPPORT = [
  'admin.devices.delete',
  'admin.devices.delete_many',
  'admin.devices.update',
  'admin.users.reset_password',
  'auth_admin.compat_sessions.finish',
  'auth_admin.oauth2_sessions.finish',
  'auth_admin.user_emails.add',
  'auth_admin.user_emails.delete',
  'auth_admin.user_sessions.finish',
  'auth_admin.users.lock',
  'auth_admin.users.set_password',
  'auth_admin.users.unlock',
  'client.moderation.set_locked',
]

const allowed: Readonly<Record<AdminRole, ReadonlySet<string>>> = {
  read_only: new Set(READS),
  moderator: new Set([...READS, ...MODERATION]),
  support: new Set([...READS, ...SUPPORT]),
}

/** Whether a helper in this role may call an endpoint that is for server admins. */
export function roleMayCall(role: AdminRole, endpoint: Pick<AnyEndpoint, 'id'>): boolean {
  return allowed[role].has(endpoint.id)
}

/** Ids of all endpoints that the role may call beside those of every user, sorted. */
export function operationsOf(role: AdminRole): string[] {
  return [...allowed[role]].sort()
}
