import { stableRoomVersions } from '@glia/protocol'

/** Versions of the Client-Server API whose requirements are met; `r0.6.1` is looked for by old clients. */
const SPEC_VERSIONS = [
  'r0.6.1',
  ...['v1.1', 'v1.2', 'v1.3', 'v1.4', 'v1.5', 'v1.6', 'v1.7', 'v1.8', 'v1.9', 'v1.10', 'v1.11', 'v1.12', 'v1.13', 'v1.14', 'v1.15'],
]

/** Advertise only what works: clients switch features on by these. */
const UNSTABLE_FEATURES = {
  'org.matrix.e2e_cross_signing': true,
  'org.matrix.msc2285.stable': true,
  'org.matrix.msc2432': true,
  'org.matrix.msc3266': true,
  'org.matrix.msc3391': true,
  'org.matrix.msc3440.stable': true,
  'org.matrix.msc3881': true,
  'org.matrix.msc3916.stable': true,
  'org.matrix.simplified_msc3575': true,
  'uk.half-shot.msc2666.query_mutual_rooms.stable': true,
  'uk.tcpip.msc4133': true,
  'uk.tcpip.msc4133.stable': true,
}

/** Features that depend on the configuration. */
export interface Features {
  readonly delayedEvents: boolean
  readonly rtcTransports: boolean
}

/** The answer of `GET /_matrix/client/versions`. */
export function supportedVersions(features: Features): { versions: string[]; unstable_features: Record<string, boolean> } {
  return {
    versions: SPEC_VERSIONS,
    unstable_features: {
      ...UNSTABLE_FEATURES,
      'org.matrix.msc4140': features.delayedEvents,
      'org.matrix.msc4143': features.rtcTransports,
    },
  }
}

/** The answer of `GET /capabilities`. */
export function capabilities(options: {
  defaultRoomVersion: string
  passwordChangeEnabled: boolean
  threepidChangesEnabled: boolean
  loginTokensEnabled: boolean
  isAdmin: boolean
}): Record<string, unknown> {
  return {
    'm.room_versions': {
      default: options.defaultRoomVersion,
      available: Object.fromEntries(stableRoomVersions.map((version) => [version, 'stable'])),
    },
    'm.change_password': { enabled: options.passwordChangeEnabled },
    'm.set_displayname': { enabled: true },
    'm.set_avatar_url': { enabled: true },
    'm.3pid_changes': { enabled: options.threepidChangesEnabled },
    'm.get_login_token': { enabled: options.loginTokensEnabled },
    'm.profile_fields': { enabled: true },
    ...(options.isAdmin ? { 'm.account_moderation': { suspend: true, lock: true } } : {}),
  }
}
