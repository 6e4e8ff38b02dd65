import type { JsonObject, Membership } from '@glia/protocol'

/** How a user wants to be shown. */
export interface Profile {
  readonly displayName?: string | undefined
  readonly avatarUrl?: string | undefined
}

/** The profile of a local user; an empty one for anybody else. */
export type ProfileLookup = (userId: string) => Promise<Profile>

/**
 * Content of a new member event. The profile is filled in where somebody comes in or is let in, unless the content names it.
 * Who vouches for a restricted join is ours to say, never the client's.
 */
export function memberContent(membership: Membership, extra: JsonObject, profile: Profile | undefined): JsonObject {
  const { join_authorised_via_users_server: _claimed, ...kept } = extra
  const content: JsonObject = { ...kept, membership }
  if (profile && (membership === 'join' || membership === 'invite' || membership === 'knock')) {
    content.displayname ??= profile.displayName ?? null
    content.avatar_url ??= profile.avatarUrl ?? null
  }
  return withoutEmptyProfile(content)
}

/** The content with the profile of now, all else kept; for joined users only. */
export function withProfile(content: JsonObject, profile: Profile): JsonObject {
  const { join_authorised_via_users_server: _spent, displayname: _name, avatar_url: _avatar, ...kept } = content
  return withoutEmptyProfile({ ...kept, displayname: profile.displayName ?? null, avatar_url: profile.avatarUrl ?? null })
}

function withoutEmptyProfile(content: JsonObject): JsonObject {
  for (const key of ['displayname', 'avatar_url']) if (content[key] === null || content[key] === '') delete content[key]
  return content
}
