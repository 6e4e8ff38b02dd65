import { MatrixError } from '@glia/contract'
import type { Reads } from '@glia/database'
import { eventTypes, isMembership, type JsonObject, type Membership, type ServerName, type UserId } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'
import type { AppendedEvent, RoomWriter } from '../timeline/index.ts'
import { memberContent, type Profile } from './member-content.ts'
import { checkTransition, type MembershipAction, membershipAfter } from './membership-rules.ts'
import { authoriseRestrictedJoin, isRestricted } from './restricted-join.ts'

export interface MemberChange {
  readonly action: MembershipAction
  readonly sender: UserId
  readonly target: UserId
  /** More of the event's content: `reason`, a name for this room, keys of clients. */
  readonly content?: JsonObject
  /** Of the target. */
  readonly profile: Profile | undefined
  readonly isGuest?: boolean
  readonly originServerTs?: number
}

/**
 * Writes a change of membership: what a user must be told first, who vouches for a restricted join, then the event.
 * Joining once more and unchanged makes no event.
 * @throws MatrixError M_FORBIDDEN, M_BAD_STATE, M_UNABLE_TO_GRANT_JOIN
 */
export async function changeMember(
  db: Reads<HomeserverSchema>,
  room: RoomWriter,
  change: MemberChange,
  serverName: ServerName,
): Promise<AppendedEvent> {
  const { action, sender, target } = change
  await room.loadState([
    [eventTypes.create, ''],
    [eventTypes.powerLevels, ''],
    [eventTypes.joinRules, ''],
    [eventTypes.member, sender],
    [eventTypes.member, target],
  ])
  const current = knownMembership((await room.state(eventTypes.member, target))?.content)
  const own = knownMembership((await room.state(eventTypes.member, sender))?.content)
  checkTransition(action, current)
  const isThere = own === 'join' || (sender === target && action === 'leave' && (own === 'invite' || own === 'knock'))
  if (!isThere && action !== 'join' && action !== 'knock') {
    throw new MatrixError('M_FORBIDDEN', `${sender} not in room ${room.roomId}.`)
  }
  const content = memberContent(membershipAfter[action], change.content ?? {}, change.profile)
  if (action === 'join' && current !== 'join') await prepareJoin(db, room, change, current, content, serverName)
  const time = change.originServerTs === undefined ? {} : { originServerTs: change.originServerTs }
  return room.append({ type: eventTypes.member, sender, stateKey: target, content, ...time })
}

async function prepareJoin(
  db: Reads<HomeserverSchema>,
  room: RoomWriter,
  change: MemberChange,
  current: Membership | undefined,
  content: JsonObject,
  serverName: ServerName,
): Promise<void> {
  if (change.isGuest) {
    const guestAccess = (await room.state(eventTypes.guestAccess, ''))?.content.guest_access
    if (guestAccess !== 'can_join') throw new MatrixError('M_FORBIDDEN', 'Guest access not allowed')
    content.kind = 'guest'
  }
  const joinRules = (await room.state(eventTypes.joinRules, ''))?.content
  if (current !== 'invite' && isRestricted(joinRules, room.version)) {
    content.join_authorised_via_users_server = await authoriseRestrictedJoin(db, room, change.target, serverName)
  }
}

export function knownMembership(content: JsonObject | undefined): Membership | undefined {
  return isMembership(content?.membership) ? content.membership : undefined
}
