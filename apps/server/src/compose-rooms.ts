import type { Database } from '@glia/database'
import {
  type AskForAlias,
  accountDataOf,
  checkCanonicalAlias,
  createAliasOwnerCheck,
  createDelayedEvents,
  createDirectory,
  createMembership,
  createMemberUpkeep,
  createRoomActions,
  createSending,
  createTimeline,
  createTransactionCleanup,
  type DelayedEvents,
  type Directory,
  delayedEventRoutes,
  directoryClientRoutes,
  type FollowUpgrade,
  type HomeserverSchema,
  isNoticesRoomOf,
  type Membership,
  type MemberUpkeep,
  membershipClientRoutes,
  type ProfileLookup,
  roomActionRoutes,
  roomClientRoutes,
  type Sending,
  type SendingDeps,
  type SignalBus,
  sendingClientRoutes,
  type Timeline,
  type UserRecord,
  wordIndex,
} from '@glia/homeserver'
import { isRateLimited, type RateLimit, RateLimiter, type Requester, type Route } from '@glia/http'
import type { CleanUp, Clock, Logger, Random } from '@glia/platform'
import { roomVersion, type ServerName, type UserId } from '@glia/protocol'
import type { Config } from './config/index.ts'

export interface Rooms {
  readonly timeline: Timeline
  readonly directory: Directory
  readonly membership: Membership
  readonly upkeep: MemberUpkeep
  readonly sending: Sending
  readonly delayedEvents: DelayedEvents
  readonly routes: readonly Route[]
  /** Forgets from time to time what clients sent. */
  readonly cleanup: CleanUp
}

/** Rooms as users see them: writing events, who is in, what they are called. */
export function composeRooms(deps: {
  config: Config
  database: Database<HomeserverSchema>
  signals: SignalBus
  clock: Clock
  random: Random
  logger: Logger
  serverName: ServerName
  profileOf: ProfileLookup
  findUser: (userId: UserId) => Promise<UserRecord | undefined>
  followUpgrade: FollowUpgrade
  /** Lets an application service make a user that is not there yet. */
  askForUser: (userId: UserId) => Promise<void>
  askForAlias: AskForAlias
  /** The user did something. */
  onActive: (requester: Requester) => void
}): Rooms {
  const { config, database, signals, clock, random, logger, serverName, profileOf, findUser, followUpgrade, onActive } = deps
  const limits = config.ratelimiting
  const limiter = new RateLimiter(clock)
  const take = (requester: Requester, key: string, limit: RateLimit) => {
    if (isRateLimited(requester)) limiter.take(key, limit)
  }
  const observers = config.rooms.searchEnabled ? [wordIndex] : []
  const timeline = createTimeline({ database, serverName, signingKey: config.server.signingKey, clock, signals, observers })
  const checkAliasOwner = createAliasOwnerCheck(config.appservices.registrations.map(({ service }) => service))
  const directory = createDirectory({ database, timeline, serverName, clock, checkAliasOwner, askForAlias: deps.askForAlias })
  const upkeep = createMemberUpkeep({ database, timeline, serverName, profileOf, onJoined: followUpgrade })
  const membership = createMembership({
    database,
    timeline,
    serverName,
    clock,
    random,
    profileOf,
    async limitJoins(requester, userId, roomId) {
      take(requester, `joins:${userId}`, limits.joins.local)
      take(requester, `joins_per_room:${roomId}`, limits.joinsPerRoom)
    },
    async limitInvites({ roomId, issuer, target }) {
      if (roomId !== undefined) take(issuer, `invites_per_room:${roomId}`, limits.invites.perRoom)
      take(issuer, `invites_per_issuer:${issuer.userId}`, limits.invites.perIssuer)
      take(issuer, `invites_per_user:${target}`, limits.invites.perUser)
    },
    isNoticesRoomOf: config.rooms.serverNotices && ((roomId, userId) => isNoticesRoomOf(database.read, roomId, userId)),
    async isInviteBlocked(target) {
      const config = await accountDataOf(database.read, target, undefined, 'm.invite_permission_config')
      return config?.default_action === 'block'
    },
    onJoined: followUpgrade,
    askForUser: deps.askForUser,
    askForAlias: deps.askForAlias,
    blockNonAdminInvites: config.rooms.blockNonAdminInvites,
  })
  const { adminRedaction } = limits
  const sendingDeps: SendingDeps = {
    timeline,
    serverName,
    clock,
    random,
    limitMessages: async (requester) => take(requester, `message:${requester.userId}`, requester.messageLimit ?? limits.message),
    limitAdminRedactions: adminRedaction
      ? async (requester) => take(requester, `admin_redaction:${requester.userId}`, adminRedaction)
      : undefined,
    changeMembership: membership.change,
    checkCanonicalAlias,
    removeGuests: upkeep.removeGuests,
  }
  const sending = createSending(sendingDeps)
  const delayedEvents = createDelayedEvents({
    database,
    clock,
    random,
    logger,
    sending: createSending({ ...sendingDeps, limitMessages: async () => {}, limitAdminRedactions: undefined }),
    limitMessages: sendingDeps.limitMessages,
    maxDelayMs: config.rooms.maxEventDelayMs ?? undefined,
    findUser,
    isSoleProcess: config.database.kind === 'sqlite',
  })
  const making = { database, timeline, serverName, clock, random, profileOf }
  const routes = [
    ...roomClientRoutes({
      ...making,
      followUpgrade,
      defaultVersion: roomVersion(config.rooms.defaultVersion)!,
      limitCreation: async (requester) => take(requester, `room_creation:${requester.userId}`, limits.roomCreation),
      checkInvite: membership.checkInvite,
      checkAliasOwner,
    }),
    ...sendingClientRoutes({ sending, delay: delayedEvents.schedule, onActive }),
    ...delayedEventRoutes({
      delayedEvents,
      limitManagement: (caller) => limiter.take(`delayed_events:${caller}`, limits.delayedEventManagement),
    }),
    ...roomActionRoutes({
      actions: createRoomActions({ ...making, followUpgrade, checkCanonicalAlias, removeGuests: upkeep.removeGuests }),
    }),
    ...membershipClientRoutes({ membership }),
    ...directoryClientRoutes({ directory, database, serverName, isListSearchEnabled: config.rooms.listSearchEnabled }),
  ]
  const cleanup = createTransactionCleanup({ database, clock, logger })
  return { timeline, directory, membership, upkeep, sending, delayedEvents, routes, cleanup }
}
