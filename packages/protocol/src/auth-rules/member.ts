import { isMembership, membershipOf } from '../membership.ts'
import { type AuthDecision, type AuthInput, allow, deny, denyNotInRoom, senderMustBeJoined } from './decision.ts'
import { authorizeJoin } from './member-join.ts'
import { authorizeThirdPartyInvite } from './third-party-invite.ts'

/** Rule 4: `m.room.member`. */
export function authorizeMember(input: AuthInput): AuthDecision {
  const { state_key: target, content } = input.event
  const { membership } = content
  // 4.1 No state_key or no membership.
  if (target === undefined) return deny('4.1', 'A member event must have a state key.')
  if (typeof membership !== 'string') return deny('4.1', 'A member event must have a membership.')
  // 4.8 Unknown membership.
  if (!isMembership(membership)) return deny('4.8', `Unknown membership ${membership.slice(0, 50)}.`)
  switch (membership) {
    case 'join':
      return authorizeJoin(input, target)
    case 'invite':
      return authorizeInvite(input, target)
    case 'leave':
      return authorizeLeave(input, target)
    case 'ban':
      return authorizeBan(input, target)
    case 'knock':
      return authorizeKnock(input, target)
  }
}

/** Rule 4.4. */
function authorizeInvite(input: AuthInput, target: string): AuthDecision {
  const { event, state, powerLevels } = input
  const targetMembership = membershipOf(state('m.room.member', target))
  // 4.4.1 An invite that answers a third-party invite has checks of its own.
  if (event.content.third_party_invite !== undefined) return authorizeThirdPartyInvite(input, target)
  // 4.4.2 Sender not joined.
  const joined = senderMustBeJoined(input, '4.4.2')
  if (!joined.allowed) return joined
  // 4.4.3 Target joined or banned.
  if (targetMembership === 'ban') return deny('4.4.3', `${target} is banned from the room`)
  if (targetMembership === 'join') return deny('4.4.3', `${target} is already in the room.`)
  // 4.4.4 Level for invites.
  if (powerLevels.of(event.sender) < powerLevels.invite) return deny('4.4.5', "You don't have permission to invite users")
  return allow
}

/** Rule 4.5: leaving, rejecting an invite, retracting a knock, kicking and unbanning. */
function authorizeLeave(input: AuthInput, target: string): AuthDecision {
  const { event, state, powerLevels } = input
  const targetMembership = membershipOf(state('m.room.member', target))
  // 4.5.1 The sender's own membership: from invite, join or knock.
  if (event.sender === target) {
    if (targetMembership === 'invite' || targetMembership === 'join' || targetMembership === 'knock') return allow
    if (targetMembership === 'ban') return deny('4.5.1', 'You are banned from this room, and cannot leave it.')
    return denyNotInRoom(event, target, '4.5.1')
  }
  // 4.5.2 Sender not joined.
  const joined = senderMustBeJoined(input, '4.5.2')
  if (!joined.allowed) return joined
  const level = powerLevels.of(event.sender)
  // 4.5.3 Target banned and the sender may not ban.
  if (targetMembership === 'ban' && level < powerLevels.ban) return deny('4.5.3', `You cannot unban user ${target}.`)
  // 4.5.4 Level for kicks, and above the target's.
  if (level >= powerLevels.kick && powerLevels.of(target) < level) return allow
  return deny('4.5.5', `You cannot kick user ${target}.`)
}

/** Rule 4.6. */
function authorizeBan(input: AuthInput, target: string): AuthDecision {
  const { event, powerLevels } = input
  // 4.6.1 Sender not joined.
  const joined = senderMustBeJoined(input, '4.6.1')
  if (!joined.allowed) return joined
  // 4.6.2 Level for bans, and above the target's.
  const level = powerLevels.of(event.sender)
  if (level >= powerLevels.ban && powerLevels.of(target) < level) return allow
  return deny('4.6.3', "You don't have permission to ban")
}

/** Rule 4.7, from version 7 on. */
function authorizeKnock({ event, state, version }: AuthInput, target: string): AuthDecision {
  if (!version.knock) return deny('4.8', 'This room version has no knocking.')
  // 4.7.1 The room does not take knocks.
  const rule = state('m.room.join_rules', '')?.content.join_rule
  if (rule !== 'knock' && !(rule === 'knock_restricted' && version.knockRestricted))
    return deny('4.7.1', "You don't have permission to knock")
  // 4.7.2 For somebody else.
  if (event.sender !== target) return deny('4.7.2', 'You cannot knock for other users.')
  // 4.7.3 From ban, invite or join.
  switch (membershipOf(state('m.room.member', target))) {
    case 'ban':
      return deny('4.7.4', 'You are banned from this room.')
    case 'invite':
      return deny('4.7.4', 'You cannot knock on a room you are invited to.')
    case 'join':
      return deny('4.7.4', 'You cannot knock on a room you are already in')
    default:
      return allow
  }
}
