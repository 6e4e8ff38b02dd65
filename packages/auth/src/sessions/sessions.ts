import type { Reads, Transaction } from '@glia/database'
import type { Origin } from '@glia/http'
import { type Clock, makeUlid, type Random } from '@glia/platform'
import type { DeviceId, UserId } from '@glia/protocol'
import { endOf, type IssuedTokens, issueTokens, type SessionLifetimes } from './issue-tokens.ts'
import { type RefreshRequest, type RefreshResult, refreshSession } from './refresh-session.ts'
import {
  findSession,
  finishSession,
  finishSessionsOf,
  finishSessionsOfDevices,
  insertSession,
  listLiveSessions,
  type Session,
  setSessionExpiry,
} from './session-store.ts'
import type { SessionTables } from './tables.ts'
import { deleteAccessTokens } from './token-store.ts'

type Tx = Transaction<SessionTables>

const MAX_NAME_LENGTH = 100
/** It lasts as long as its session. */
const ONE_TOKEN = { accessLifetimeMs: undefined, refresh: undefined, fromRefresh: false } as const

export type PersonalSessionOwner = { readonly userId: UserId } | { readonly clientId: string }

/**
 * Sessions with their access and refresh tokens. A new session on a device ends the older ones of that device.
 * Devices themselves are the homeserver's: make them before, delete them after, in the same transaction.
 */
export interface Sessions {
  /** As the legacy login API makes it. With `refreshable` the access token is short-lived and comes with a refresh token. */
  createLegacySession(
    tx: Tx,
    session: { userId: UserId; deviceId: DeviceId; refreshable: boolean; humanName?: string | undefined; origin?: Origin },
  ): Promise<IssuedTokens>
  /** Without a user: a client that acts for itself. `scope` is sorted and separated by spaces. */
  createOAuthSession(
    tx: Tx,
    session: {
      userId: UserId | undefined
      deviceId: DeviceId | undefined
      clientId: string
      scope: string
      refreshable: boolean
      browserSessionId?: string
      origin?: Origin
    },
  ): Promise<IssuedTokens>
  /** A token with which an admin acts as the user. @param puppet.validUntilMs undefined: until it is ended */
  createPuppetToken(tx: Tx, puppet: { userId: UserId; owner: UserId; validUntilMs: number | undefined }): Promise<IssuedTokens>
  /**
   * A token that a user, or a client, owns and that acts as a user, with a scope, until it is revoked.
   * @param session.expiresAtMs undefined: no end of its own
   */
  createPersonalSession(
    tx: Tx,
    session: {
      userId: UserId
      deviceId: DeviceId | undefined
      owner: PersonalSessionOwner
      scope: string
      humanName: string
      expiresAtMs: number | undefined
    },
  ): Promise<IssuedTokens>
  /** A new token for a personal session that was not revoked; the old one is unknown from now on. */
  renewPersonalToken(tx: Tx, session: Session, expiresAtMs: number | undefined): Promise<IssuedTokens>
  refresh(tx: Tx, request: RefreshRequest): Promise<RefreshResult>
  find(db: Reads<SessionTables>, sessionId: string): Promise<Session | undefined>
  /** Live sessions of every kind that act as the user, newest first. */
  list(db: Reads<SessionTables>, userId: UserId): Promise<Session[]>
  /** @returns the session as it was if it was live until now */
  end(tx: Tx, sessionId: string): Promise<Session | undefined>
  /** Ends all sessions of the user: those that sign in as them, tokens they hold for acting as others, signed-in browsers. */
  endAll(tx: Tx, userId: UserId, options: { exceptSessionId?: string | undefined }): Promise<void>
  endOfDevices(tx: Tx, userId: UserId, deviceIds: readonly DeviceId[]): Promise<void>
}

export function createSessions(deps: { clock: Clock; random: Random; lifetimes: SessionLifetimes }): Sessions {
  const { clock, random, lifetimes } = deps
  const start = (values: Partial<Session> & Pick<Session, 'kind'>, origin: Origin | undefined): Session => ({
    id: makeUlid(clock, random),
    userId: undefined,
    deviceId: undefined,
    clientId: undefined,
    ownerUserId: undefined,
    browserSessionId: undefined,
    scope: '',
    humanName: undefined,
    createdAtMs: clock.nowMs(),
    expiresAtMs: undefined,
    finishedAtMs: undefined,
    lastActiveAtMs: undefined,
    lastActiveIp: origin?.ip,
    userAgent: origin?.userAgent,
    ...values,
  })
  const insert = async (tx: Tx, session: Session): Promise<Session> => {
    if (session.userId && session.deviceId) await endOfDevices(tx, session.userId, [session.deviceId])
    await insertSession(tx, session)
    return session
  }
  const endOfDevices: Sessions['endOfDevices'] = (tx, userId, deviceIds) => finishSessionsOfDevices(tx, userId, deviceIds, clock.nowMs())

  return {
    async createLegacySession(tx, { userId, deviceId, refreshable, humanName, origin }) {
      const expiresAtMs = endOf(clock.nowMs(), lifetimes.sessionMs)
      const session = await insert(
        tx,
        start({ kind: 'legacy', userId, deviceId, expiresAtMs, humanName: humanName && storableName(humanName) }, origin),
      )
      return issueTokens(tx, deps, session, {
        accessLifetimeMs: refreshable ? lifetimes.legacyRefreshableAccessMs : lifetimes.legacyAccessMs,
        refresh: refreshable ? { lifetimeMs: lifetimes.legacyRefreshMs } : undefined,
        fromRefresh: false,
      })
    },
    async createOAuthSession(tx, { refreshable, origin, ...values }) {
      const session = await insert(tx, start({ kind: 'oauth', ...values }, origin))
      return issueTokens(tx, deps, session, {
        accessLifetimeMs: lifetimes.oauthAccessMs,
        refresh: refreshable ? { lifetimeMs: undefined } : undefined,
        fromRefresh: false,
      })
    },
    async createPuppetToken(tx, { userId, owner, validUntilMs }) {
      const session = await insert(tx, start({ kind: 'puppet', userId, ownerUserId: owner, expiresAtMs: validUntilMs }, undefined))
      return issueTokens(tx, deps, session, ONE_TOKEN)
    },
    async createPersonalSession(tx, { owner, ...values }) {
      const owned = 'userId' in owner ? { ownerUserId: owner.userId } : { clientId: owner.clientId }
      const session = await insert(tx, start({ kind: 'personal', ...values, ...owned }, undefined))
      return issueTokens(tx, deps, session, ONE_TOKEN)
    },
    async renewPersonalToken(tx, session, expiresAtMs) {
      await deleteAccessTokens(tx, session.id)
      await setSessionExpiry(tx, session.id, expiresAtMs)
      return issueTokens(tx, deps, { ...session, expiresAtMs }, ONE_TOKEN)
    },
    refresh: (tx, request) => refreshSession(tx, deps, request),
    find: findSession,
    list: (db, userId) => listLiveSessions(db, userId, clock.nowMs()),
    async end(tx, sessionId) {
      const session = await findSession(tx.db, sessionId)
      return session && (await finishSession(tx, sessionId, clock.nowMs())) ? session : undefined
    },
    async endAll(tx, userId, { exceptSessionId }) {
      const nowMs = clock.nowMs()
      await finishSessionsOf(tx, userId, { exceptSessionId, nowMs })
      let browsers = tx.db
        .updateTable('auth_browser_sessions')
        .set({ finished_at_ms: nowMs })
        .where('user_id', '=', userId)
        .where('finished_at_ms', 'is', null)
      if (exceptSessionId !== undefined) browsers = browsers.where('id', '!=', exceptSessionId)
      await browsers.execute()
    },
    endOfDevices,
  }
}

/** As the homeserver keeps the name of the device. */
function storableName(name: string): string {
  return [...name.replaceAll('\0', '')].slice(0, MAX_NAME_LENGTH).join('')
}
