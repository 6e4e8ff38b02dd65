import { type BodyOf, contract, MatrixError } from '@glia/contract'
import { type Route, route } from '@glia/http'
import type { RoomId } from '@glia/protocol'
import { checkStorableText, isStorableText } from '../storable-text.ts'
import { requiredState } from './required-state.ts'
import { MAX_TIMELINE } from './room-plans.ts'
import type { Extensions, ListFilters, ListRequest, RoomConfig, RoomExtension } from './sliding-request.ts'
import type { SlidingSync } from './sliding-sync.ts'

type Body = BodyOf<typeof contract.client.slidingSync.slidingSync>
type WireList = NonNullable<Body['lists']>[string]
type WireExtensions = NonNullable<Body['extensions']>

const MAX_LISTS = 100
const MAX_TO_DEVICE = 100

/** `POST /_matrix/client/unstable/org.matrix.simplified_msc3575/sync`. */
export function slidingSyncClientRoutes(deps: { slidingSync: SlidingSync }): Route[] {
  return [
    route(contract.client.slidingSync.slidingSync, async ({ query, body, requester, request }) => {
      const { userId, deviceId, sessionId } = requester
      checkStorableText(body.conn_id ?? '', 'conn_id')
      const lists = Object.entries(body.lists ?? {})
      if (lists.length > MAX_LISTS) throw new MatrixError('M_INVALID_PARAM', `There may be at most ${MAX_LISTS} lists`)
      const asked = {
        userId,
        deviceId,
        sessionId,
        connId: body.conn_id ?? '',
        pos: query.pos,
        lists: new Map(lists.map(([name, list]) => [name, readList(list)])),
        subscriptions: new Map(
          Object.entries(body.room_subscriptions ?? {}).map(([roomId, config]) => [roomId as RoomId, readConfig(config)]),
        ),
        extensions: readExtensions(body.extensions ?? {}),
      }
      return deps.slidingSync.answer(asked, { timeoutMs: query.timeout, gone: request.signal })
    }),
  ]
}

function readConfig(config: { timeline_limit: number; required_state: [string, string][] }): RoomConfig {
  return {
    timelineLimit: Math.min(Math.max(config.timeline_limit, 0), MAX_TIMELINE),
    // what no event can have matches none
    requiredState: requiredState(config.required_state.filter((pattern) => pattern.every(isStorableText))),
  }
}

function readList(list: WireList): ListRequest {
  return { ...readConfig(list), ranges: list.ranges ?? [], filters: readFilters(list.filters ?? {}) }
}

function readFilters(filters: NonNullable<WireList['filters']>): ListFilters {
  return {
    isDm: filters.is_dm ?? undefined,
    isEncrypted: filters.is_encrypted ?? undefined,
    isInvite: filters.is_invite ?? undefined,
    spaces: filters.spaces ?? undefined,
    roomTypes: filters.room_types ?? undefined,
    notRoomTypes: filters.not_room_types ?? undefined,
    tags: filters.tags ?? undefined,
    notTags: filters.not_tags ?? undefined,
  }
}

function readExtensions({ to_device, e2ee, account_data, receipts, typing }: WireExtensions): Extensions {
  return {
    toDevice: to_device?.enabled ? { since: readSince(to_device.since), limit: readLimit(to_device.limit) } : undefined,
    e2ee: e2ee?.enabled ?? false,
    accountData: readRoomExtension(account_data),
    receipts: readRoomExtension(receipts),
    typing: readRoomExtension(typing),
  }
}

function readSince(since: string | null | undefined): number | undefined {
  if (since === null || since === undefined) return undefined
  if (!/^-?\d{1,15}$/.test(since)) throw new MatrixError('M_INVALID_PARAM', "'extensions.to_device.since' is invalid")
  return Number(since)
}

function readLimit(limit: number | null | undefined): number {
  return Math.min(Math.max(limit ?? MAX_TO_DEVICE, 1), MAX_TO_DEVICE)
}

type WireRoomExtension = { enabled?: boolean | null; lists?: string[] | null; rooms?: string[] | null } | null | undefined

function readRoomExtension(extension: WireRoomExtension): RoomExtension | undefined {
  return extension?.enabled ? { lists: extension.lists ?? ['*'], rooms: extension.rooms ?? ['*'] } : undefined
}
