import { membershipOf } from '../membership.ts'
import { creatorsOf } from '../power-levels.ts'
import { type AuthDecision, type AuthInput, allow, deny } from './decision.ts'

/** Rule 4.3. */
export function authorizeJoin(input: AuthInput, target: string): AuthDecision {
  const { event, state, version, createEvent } = input
  // 4.3.1 The creator enters the new room.
  const onlyCreateBefore = event.prev_events.length === 1 && event.prev_events[0] === createEvent.eventId
  if (onlyCreateBefore && target === creatorsOf(createEvent, version)[0]) return allow
  // 4.3.2 For somebody else.
  if (event.sender !== target) return deny('4.3.2', 'Cannot force another user to join.')
  const membership = membershipOf(state('m.room.member', target))
  // 4.3.3 Banned.
  if (membership === 'ban') return deny('4.3.3', 'You are banned from this room')
  const rule = state('m.room.join_rules', '')?.content.join_rule ?? 'invite'
  const isMember = membership === 'join' || membership === 'invite'
  // 4.3.4 Invite only; `knock` joins the rule in version 7.
  if (rule === 'invite' || (rule === 'knock' && version.knock)) return isMember ? allow : deny('4.3.4', 'You are not invited to this room.')
  // 4.3.5 Restricted (8+), also with knocking (10+).
  if ((rule === 'restricted' && version.restrictedJoins) || (rule === 'knock_restricted' && version.knockRestricted)) {
    return isMember ? allow : authorizeRestrictedJoin(input)
  }
  // 4.3.6, 4.3.7
  return rule === 'public' ? allow : deny('4.3.7', 'You are not allowed to join this room')
}

/** Rule 4.3.5.2: a joined user who may invite must vouch for the join. That user's server must have signed it too, which is checked with the signatures. */
function authorizeRestrictedJoin({ event, state, powerLevels }: AuthInput): AuthDecision {
  const authorisedBy = event.content.join_authorised_via_users_server
  if (typeof authorisedBy !== 'string') return deny('4.3.5', 'You do not belong to any of the required rooms or spaces to join this room.')
  if (membershipOf(state('m.room.member', authorisedBy)) !== 'join') {
    return deny('4.3.5', `Join was authorised by ${authorisedBy}, who is not in the room.`)
  }
  if (powerLevels.of(authorisedBy) < powerLevels.invite)
    return deny('4.3.5', `Join was authorised by ${authorisedBy}, who may not invite users.`)
  return allow
}
