import type { JsonObject } from './json.ts'

export type Membership = 'join' | 'invite' | 'knock' | 'leave' | 'ban'

/** Every membership of the specification. */
export const memberships: readonly Membership[] = ['join', 'invite', 'knock', 'leave', 'ban']

/** Whether the value is a known membership. */
export function isMembership(value: unknown): value is Membership {
  return memberships.includes(value as Membership)
}

/** The membership that a member event states; `leave` where there is no event, or none that is known. */
export function membershipOf(member: { content: JsonObject } | undefined): Membership {
  const membership = member?.content.membership
  return isMembership(membership) ? membership : 'leave'
}

/** A kick, ban or unban: another user ends, or forbids, the target's stay. */
export function isForcedLeave(event: { type: string; sender: string; stateKey: string; content: JsonObject }): boolean {
  const { membership } = event.content
  return event.type === 'm.room.member' && event.sender !== event.stateKey && (membership === 'leave' || membership === 'ban')
}
