import { makeUserId, type UserId } from '@glia/protocol'
import { chunksOf } from '../chunks.ts'
import { insertDevices } from '../devices/index.ts'
import { insertThreepid, insertUsers, type Seen, upsertAddresses } from '../users/index.ts'
import type { Chance } from './chance.ts'
import { HISTORY_MS, type SeedDeps, type SeedOptions } from './seed-deps.ts'
import { deviceNames, personName, userAgents } from './words.ts'

export interface SeedUser {
  readonly userId: UserId
  readonly localpart: string
  readonly displayName: string
  readonly avatarUrl: string | undefined
  readonly createdAtMs: number
  readonly lastSeenMs: number | undefined
  /** Not deactivated: has devices, is in rooms. */
  readonly isUsable: boolean
}

/** This share of the users is there when history begins; the others come evenly. */
const SHARE_AT_BEGIN = 0.2
const USERS_PER_TRANSACTION = 250
/** Addresses older than that are forgotten by the server. */
const ADDRESSES_KEPT_MS = 28 * 86_400_000

/** How many of the users there are at a time: they are in order of their creation. */
export function usersAt(options: SeedOptions, atMs: number): number {
  const passed = 1 - (options.untilMs - atMs) / HISTORY_MS
  return Math.max(1, Math.min(options.users, Math.floor(options.users * (SHARE_AT_BEGIN + (1 - SHARE_AT_BEGIN) * passed))))
}

/** Makes up the users. The first one is `admin`. @param avatars media that users may be shown with */
export function planUsers({ serverName }: SeedDeps, options: SeedOptions, chance: Chance, avatars: readonly string[]): SeedUser[] {
  const begin = options.untilMs - HISTORY_MS
  return Array.from({ length: options.users }, (_, index) => {
    const { first, last } = personName(chance)
    const localpart = index === 0 ? 'admin' : `${first}.${last}${index}`.toLowerCase()
    const passed = Math.max(0, (index / options.users - SHARE_AT_BEGIN) / (1 - SHARE_AT_BEGIN))
    const createdAtMs = Math.floor(begin + passed * HISTORY_MS)
    const hasCome = chance.is(0.85)
    const lastSeenMs = Math.floor(options.untilMs - chance.share() ** 3 * (options.untilMs - createdAtMs))
    return {
      userId: makeUserId(localpart, serverName),
      localpart,
      displayName: chance.is(0.9) ? `${first} ${last}` : first,
      avatarUrl: index < avatars.length ? avatars[index] : undefined,
      createdAtMs,
      lastSeenMs: index === 0 || hasCome ? lastSeenMs : undefined,
      isUsable: index === 0 || chance.is(0.97),
    }
  })
}

/** Writes users with accounts, devices, addresses of both kinds. */
export async function writeUsers(deps: SeedDeps, options: SeedOptions, users: readonly SeedUser[], chance: Chance): Promise<void> {
  const { database, clock } = deps
  let written = 0
  for (const some of chunksOf(users, USERS_PER_TRANSACTION)) {
    const rows = some.map((user) => userRow(user, chance))
    const devices = some.filter(({ isUsable }) => isUsable).flatMap((user) => deviceRows(user, chance))
    const seen = devices.flatMap(({ user_id, device_id, last_seen_ms, last_seen_ip, last_seen_user_agent }): Seen[] =>
      last_seen_ms !== null && last_seen_ms > options.untilMs - ADDRESSES_KEPT_MS
        ? [
            {
              userId: user_id,
              deviceId: device_id as Seen['deviceId'],
              ip: last_seen_ip,
              userAgent: last_seen_user_agent,
              atMs: last_seen_ms,
            },
          ]
        : [],
    )
    const withEmail = some.filter(({ isUsable }) => isUsable && chance.is(0.2))
    await database.transaction(async (tx) => {
      await insertUsers(tx, rows)
      for (const { userId, createdAtMs } of some) {
        clock.set(createdAtMs)
        await deps.addAccount(tx, userId)
      }
      if (devices.length > 0) await insertDevices(tx, devices)
      for (const entries of chunksOf(seen, 100)) await upsertAddresses(tx.db, entries)
      for (const { userId, localpart, createdAtMs } of withEmail) {
        const at = { addedAtMs: createdAtMs, validatedAtMs: createdAtMs }
        await insertThreepid(tx, userId, { medium: 'email', address: `${localpart}@mail.example`, ...at })
      }
    })
    written += some.length
    if (written % 10_000 === 0) deps.onProgress(`${written} users`)
  }
}

function userRow(user: SeedUser, chance: Chance): Parameters<typeof insertUsers>[1][number] {
  const isFirst = user.localpart === 'admin'
  const some = (share: number) => (!isFirst && chance.is(share) ? 1 : 0)
  const locked = some(0.005)
  const isErased = some(0.25) === 1 && !user.isUsable
  return {
    user_id: user.userId,
    localpart: user.localpart,
    created_at_ms: user.createdAtMs,
    admin: isFirst || some(0.001) ? 1 : 0,
    deactivated: user.isUsable ? 0 : 1,
    deactivated_at_ms: user.isUsable ? null : (user.lastSeenMs ?? user.createdAtMs),
    erased: isErased ? 1 : 0,
    locked,
    locked_at_ms: locked ? (user.lastSeenMs ?? user.createdAtMs) : null,
    suspended: some(0.005),
    shadow_banned: some(0.003),
    is_guest: some(0.01),
    user_type: some(0.01) ? 'bot' : null,
    appservice_id: null,
    display_name: isErased ? null : user.displayName,
    avatar_url: isErased ? null : (user.avatarUrl ?? null),
    consent_version: null,
    consent_at_ms: null,
    last_seen_ms: user.lastSeenMs ?? null,
  }
}

function deviceRows(user: SeedUser, chance: Chance) {
  return Array.from({ length: chance.low(4) + 1 }, (_, index) => {
    const lastSeenMs = user.lastSeenMs === undefined ? null : Math.max(user.createdAtMs, user.lastSeenMs - index * 86_400_000)
    return {
      user_id: user.userId,
      device_id: chance.text(10, 'upperAlphanumeric'),
      display_name: chance.pick(deviceNames),
      created_at_ms: user.createdAtMs,
      last_seen_ms: lastSeenMs,
      last_seen_ip: `198.51.${chance.integer(100)}.${1 + chance.integer(250)}`,
      last_seen_user_agent: chance.pick(userAgents),
    }
  })
}
