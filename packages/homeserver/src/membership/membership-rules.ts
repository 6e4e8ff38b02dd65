import { MatrixError } from '@glia/contract'
import type { Membership } from '@glia/protocol'

/** What a user asks for. Kicking and unbanning both end in `leave`. */
export type MembershipAction = 'join' | 'invite' | 'leave' | 'kick' | 'ban' | 'unban' | 'knock'

export const membershipAfter: Readonly<Record<MembershipAction, Membership>> = {
  join: 'join',
  invite: 'invite',
  leave: 'leave',
  kick: 'leave',
  ban: 'ban',
  unban: 'leave',
  knock: 'knock',
}

/**
 * Refusals that come before the rules of the room, with Synapse's codes and texts.
 * @param current undefined: the target never was in the room
 * @throws MatrixError M_BAD_STATE, M_FORBIDDEN
 */
export function checkTransition(action: MembershipAction, current: Membership | undefined): void {
  if (action === 'unban' && current !== undefined && current !== 'ban') {
    throw new MatrixError('M_BAD_STATE', `Cannot unban user who was not banned (membership=${current})`)
  }
  if (current === 'ban' && !['ban', 'unban', 'leave'].includes(action)) {
    throw new MatrixError('M_BAD_STATE', `Cannot ${action} user who was banned`)
  }
  if (action === 'kick' && (current === undefined || current === 'leave')) {
    throw new MatrixError('M_FORBIDDEN', 'The target user is not in the room')
  }
  if (action === 'knock' && current === 'invite') throw new MatrixError('M_FORBIDDEN', 'You are already invited to this room')
}

const SUSPENDED_TEXTS: Readonly<Partial<Record<MembershipAction, string>>> = {
  invite: 'Sending invites while account is suspended is not allowed.',
  join: 'Joining rooms while account is suspended is not allowed.',
  knock: 'Knocking on rooms while account is suspended is not allowed.',
  kick: 'Changing membership while account is suspended is not allowed.',
  ban: 'Changing membership while account is suspended is not allowed.',
  unban: 'Changing membership while account is suspended is not allowed.',
}

/** Leaving stays allowed. @throws MatrixError M_USER_SUSPENDED */
export function refuseSuspended(action: MembershipAction): void {
  const text = SUSPENDED_TEXTS[action]
  if (text !== undefined) throw new MatrixError('M_USER_SUSPENDED', text)
}
