import type { ExternalId, Threepid } from './user-details-store.ts'
import type { UserRecord } from './user-record.ts'

/** A user in the Admin API's list: `creation_ts` is in milliseconds. Only here, as in Synapse, is told whether the user is approved. */
export function userInListToWire(user: UserRecord) {
  return { ...commonToWire(user), approved: user.isApproved }
}

function commonToWire(user: UserRecord) {
  return {
    name: user.userId as string,
    user_type: user.userType ?? null,
    is_guest: user.isGuest,
    admin: user.isAdmin,
    deactivated: user.isDeactivated,
    shadow_banned: user.isShadowBanned,
    displayname: user.displayName ?? null,
    avatar_url: user.avatarUrl ?? null,
    creation_ts: user.createdAtMs,
    last_seen_ts: user.lastSeenMs ?? null,
    erased: user.isErased,
    locked: user.isLocked,
  }
}

/** A user alone in the Admin API: `creation_ts` is in seconds. */
export function userToWire(user: UserRecord, details: { threepids: readonly Threepid[]; externalIds: readonly ExternalId[] }) {
  return {
    ...commonToWire(user),
    creation_ts: Math.floor(user.createdAtMs / 1000),
    suspended: user.isSuspended,
    appservice_id: user.appserviceId ?? null,
    consent_server_notice_sent: null,
    consent_version: user.consentVersion ?? null,
    consent_ts: user.consentAtMs ?? null,
    threepids: details.threepids.map(({ medium, address, addedAtMs, validatedAtMs }) => ({
      medium,
      address,
      validated_at: validatedAtMs,
      added_at: addedAtMs,
    })),
    external_ids: details.externalIds.map(({ authProvider, externalId }) => ({ auth_provider: authProvider, external_id: externalId })),
  }
}
