import type { DialectName } from '@glia/database'
import type { Requester } from '@glia/http'
import type { DeviceId, JsonObject, RoomId, UserId } from '@glia/protocol'
import { checkCanonicalAlias } from '../directory/index.ts'
import { createSending } from '../timeline/index.ts'
import { openTimelineFixture, serverName } from '../timeline/timeline-fixture.ts'
import type { Profile } from './member-content.ts'
import { createMemberUpkeep } from './member-upkeep.ts'
import { createMembership } from './membership.ts'

/** Who asks, in tests. */
export function requesterOf(userId: UserId, flags: Partial<Requester> = {}): Requester {
  return {
    userId,
    deviceId: 'DEVICE' as DeviceId,
    isAdmin: false,
    adminRoles: [],
    isGuest: false,
    isLocked: false,
    isSuspended: false,
    isShadowBanned: false,
    isUnlimited: false,
    messageLimit: undefined,
    isExpired: false,
    origin: 'legacy',
    scopes: new Set(),
    sessionId: `session of ${userId}`,
    tokenId: 'token',
    puppetOwner: undefined,
    ...flags,
  }
}

/** For tests: rooms with everything that writes to them, on a database of its own and without limits. */
export async function openRoomsFixture(dialect: DialectName) {
  const fixture = await openTimelineFixture(dialect)
  const { database, timeline, clock, random } = fixture
  const profiles = new Map<string, Profile>()
  const profileOf = async (userId: string) => profiles.get(userId) ?? {}
  const noLimit = async () => {}
  const upkeep = createMemberUpkeep({ database, timeline, serverName, profileOf, onJoined: async () => {} })
  const blockers = new Set<string>()
  const membership = createMembership({
    ...{ database, timeline, serverName, clock, random, profileOf },
    limitJoins: noLimit,
    limitInvites: noLimit,
    askForUser: async () => {},
    askForAlias: async () => false,
    isInviteBlocked: async (target) => blockers.has(target),
    onJoined: async () => {},
    blockNonAdminInvites: false,
  })
  const sending = createSending({
    ...{ timeline, serverName, clock, random, checkCanonicalAlias },
    limitMessages: noLimit,
    limitAdminRedactions: undefined,
    changeMembership: membership.change,
    removeGuests: upkeep.removeGuests,
  })
  return {
    ...fixture,
    profiles,
    /** Users who take no invites. */
    blockers,
    upkeep,
    membership,
    sending,
    async memberOf(roomId: RoomId, userId: UserId): Promise<JsonObject | undefined> {
      const row = await database.read
        .selectFrom('memberships')
        .innerJoin('events', 'events.event_id', 'memberships.event_id')
        .select('events.json')
        .where('memberships.room_id', '=', roomId)
        .where('memberships.user_id', '=', userId)
        .executeTakeFirst()
      return row && (JSON.parse(row.json).content as JsonObject)
    },
    setState: (roomId: RoomId, sender: UserId, type: string, content: JsonObject, stateKey = '') =>
      sending.sendState(requesterOf(sender), { roomId, type, stateKey, content }),
  }
}
