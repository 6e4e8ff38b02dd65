import { eventTypes } from '../event-types.ts'
import type { StateTuple } from '../events.ts'
import type { UserId } from '../ids.ts'
import { isJsonObject, type JsonObject } from '../json.ts'
import type { RoomVersion } from '../room-versions.ts'

/**
 * Which current state a new event names in its `auth_events`. None for the create event; in version 12 never the create event itself.
 * Source: Server-Server API, "Auth events selection".
 */
export function authTypesNeeded(
  event: { type: string; sender: UserId; stateKey?: string | undefined; content: JsonObject },
  version: RoomVersion,
): StateTuple[] {
  if (event.type === eventTypes.create) return []
  const needed: StateTuple[] = version.roomIdIsCreateHash ? [] : [[eventTypes.create, '']]
  needed.push([eventTypes.powerLevels, ''], [eventTypes.member, event.sender])
  if (event.type === eventTypes.member && event.stateKey !== undefined)
    addForMember(needed, event.stateKey, event.sender, event.content, version)
  return needed
}

function addForMember(needed: StateTuple[], target: string, sender: string, content: JsonObject, version: RoomVersion): void {
  const { membership, third_party_invite: invite, join_authorised_via_users_server: authorisedBy } = content
  if (target !== sender) needed.push([eventTypes.member, target])
  if (membership === 'join' || membership === 'invite' || (membership === 'knock' && version.knock)) needed.push([eventTypes.joinRules, ''])
  if (membership === 'invite') {
    const token = isJsonObject(invite) && isJsonObject(invite.signed) ? invite.signed.token : undefined
    if (typeof token === 'string') needed.push([eventTypes.thirdPartyInvite, token])
  }
  if (
    version.restrictedJoins &&
    membership === 'join' &&
    typeof authorisedBy === 'string' &&
    authorisedBy !== target &&
    authorisedBy !== sender
  ) {
    needed.push([eventTypes.member, authorisedBy])
  }
}
