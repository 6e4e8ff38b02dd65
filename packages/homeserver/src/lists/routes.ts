import { contract, MatrixError } from '@glia/contract'
import type { Database } from '@glia/database'
import { type HandlerInput, type Route, route } from '@glia/http'
import type { Clock } from '@glia/platform'
import { isRoomId, isServerName } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'
import { checkStorableText } from '../storable-text.ts'
import { deleteEntry, type ListEntry, type ListName, listEntries, putEntry } from './list-store.ts'

export interface ListRoutesDeps {
  readonly database: Database<HomeserverSchema>
  readonly clock: Clock
}

const endpoints = contract.glia.lists
const SHA256 = /^[0-9a-f]{64}$/
const PATTERN = /^[a-z0-9._=/+*?-]{1,255}$/

/** What admins keep out: each list with its endpoints and the form of its items. */
export function listRoutes(deps: ListRoutesDeps): Route[] {
  return [
    route(endpoints.listBlockedRooms, (input) => page(deps, 'rooms', input.query)),
    route(endpoints.putBlockedRoom, (input) => put(deps, 'rooms', roomId(input.params.room_id), input)),
    route(endpoints.deleteBlockedRoom, (input) => remove(deps, 'rooms', roomId(input.params.room_id))),
    route(endpoints.listBlockedMedia, (input) => page(deps, 'media', input.query)),
    route(endpoints.putBlockedMedia, (input) => put(deps, 'media', sha256(input.params.sha256), input)),
    route(endpoints.deleteBlockedMedia, (input) => remove(deps, 'media', sha256(input.params.sha256))),
    route(endpoints.listBlockedServers, (input) => page(deps, 'servers', input.query)),
    route(endpoints.putBlockedServer, (input) => put(deps, 'servers', server(input.params.blocked_server), input)),
    route(endpoints.deleteBlockedServer, (input) => remove(deps, 'servers', server(input.params.blocked_server))),
    route(endpoints.listReservedUsernames, (input) => page(deps, 'usernames', input.query)),
    route(endpoints.putReservedUsername, (input) => put(deps, 'usernames', pattern(input.params.username_pattern), input)),
    route(endpoints.deleteReservedUsername, (input) => remove(deps, 'usernames', pattern(input.params.username_pattern))),
  ]
}

async function page(
  { database, clock }: ListRoutesDeps,
  list: ListName,
  { search, from, limit }: HandlerInput<typeof endpoints.listBlockedRooms>['query'],
) {
  checkStorableText(search ?? '', 'search')
  checkStorableText(from ?? '', 'from')
  const found = await listEntries(database.read, list, { search, after: from, limit: limit + 1, nowMs: clock.nowMs() })
  const entries = found.slice(0, limit)
  return { entries: entries.map(toWire), ...(found.length > limit ? { next_token: entries.at(-1)!.item } : {}) }
}

async function put(
  { database, clock }: ListRoutesDeps,
  list: ListName,
  item: string,
  { body, requester }: Pick<HandlerInput<typeof endpoints.putBlockedRoom>, 'body' | 'requester'>,
) {
  checkStorableText(body.reason ?? '', 'reason')
  const nowMs = clock.nowMs()
  const expiresAtMs = body.expires_at ?? null
  if (expiresAtMs !== null && expiresAtMs <= nowMs) throw new MatrixError('M_INVALID_PARAM', 'expires_at must be in the future')
  const entry: ListEntry = { item, reason: body.reason || null, addedBy: requester.userId, addedAtMs: nowMs, expiresAtMs }
  await database.transaction((tx) => putEntry(tx, list, entry))
  return toWire(entry)
}

async function remove({ database, clock }: ListRoutesDeps, list: ListName, item: string) {
  if (await database.transaction((tx) => deleteEntry(tx, list, item, clock.nowMs()))) return {}
  throw new MatrixError('M_NOT_FOUND', 'There is no such entry')
}

function toWire(entry: ListEntry) {
  return {
    item: entry.item,
    reason: entry.reason,
    added_by: entry.addedBy,
    added_at: entry.addedAtMs,
    expires_at: entry.expiresAtMs,
  }
}

function roomId(text: string): string {
  return checked(text, isRoomId(text), 'a room id')
}

function sha256(text: string): string {
  const hash = text.toLowerCase()
  return checked(hash, SHA256.test(hash), 'a SHA-256 of 64 hexadecimal digits')
}

function server(text: string): string {
  const name = text.toLowerCase()
  return checked(name, isServerName(name.replace(/^\*\./, '')), 'a server name, or *. and a domain')
}

function pattern(text: string): string {
  const name = text.toLowerCase()
  return checked(name, PATTERN.test(name), 'a user name without @ and server; * stands for anything, ? for one character')
}

/** @throws MatrixError M_INVALID_PARAM */
function checked(item: string, isItem: boolean, form: string): string {
  if (!isItem) throw new MatrixError('M_INVALID_PARAM', `The item must be ${form}`)
  return item
}
