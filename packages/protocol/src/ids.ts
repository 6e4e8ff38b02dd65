/**
 * Matrix identifiers as branded strings, and the checks that turn text into them.
 * Nothing here needs Node: the module is also safe in a browser (`@glia/protocol/ids`).
 * Source: Matrix specification, Appendices, "Common Identifier Format".
 */

declare const brand: unique symbol
type Branded<Name extends string> = string & { readonly [brand]: Name }

/** `@localpart:server` */
export type UserId = Branded<'UserId'>
/** `!opaque:server` (room versions 1 to 11) or `!` and 43 characters of URL-safe base64 (12). Opaque: never take a domain out of it. */
export type RoomId = Branded<'RoomId'>
/** `#localpart:server` */
export type RoomAlias = Branded<'RoomAlias'>
/** `$…`, opaque. */
export type EventId = Branded<'EventId'>
/** Any text; may hold `/` and other characters that paths must percent-encode. */
export type DeviceId = Branded<'DeviceId'>
/** Host name or IP literal with an optional port; the port is part of the name. */
export type ServerName = Branded<'ServerName'>
/** `mxc://server/mediaId` */
export type MxcUri = Branded<'MxcUri'>

/** Longest user id, room id, alias, event id, event type and state key, in UTF-8 bytes. */
export const maxIdBytes = 255

/** Length of the text in UTF-8; a lone surrogate counts as the three bytes of U+FFFD. */
export function utf8ByteLength(text: string): number {
  let bytes = text.length
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    if (unit < 0x80) continue
    if (unit < 0x800) bytes += 1
    else if (unit >= 0xd800 && unit <= 0xdbff && isLowSurrogate(text.charCodeAt(index + 1))) {
      bytes += 2
      index++
    } else bytes += 2
  }
  return bytes
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff
}

/** Whether the text is at most 255 bytes of UTF-8. */
export function fitsIdLimit(text: string): boolean {
  if (text.length > maxIdBytes) return false
  return text.length * 3 <= maxIdBytes || utf8ByteLength(text) <= maxIdBytes
}

const dnsNameOrIpv4 = /^[A-Za-z0-9.-]{1,230}(?::[0-9]{1,5})?$/
const ipv6Literal = /^\[[0-9A-Fa-f:.]{2,45}\](?::[0-9]{1,5})?$/

/** Whether the text is a server name: host, IPv4 or `[IPv6]`, with an optional port. */
export function isServerName(text: unknown): text is ServerName {
  return typeof text === 'string' && (dnsNameOrIpv4.test(text) || ipv6Literal.test(text))
}

interface LocalpartAndServer {
  localpart: string
  serverName: ServerName
}

/** Splits `<sigil>localpart:server` at the first colon; undefined when either part is malformed or the whole is too long. */
function splitId(text: string, sigil: string): LocalpartAndServer | undefined {
  if (!text.startsWith(sigil) || !fitsIdLimit(text)) return undefined
  const colon = text.indexOf(':')
  if (colon === -1) return undefined
  const localpart = text.slice(1, colon)
  const serverName = text.slice(colon + 1)
  if (localpart.includes('\0') || !localpart.isWellFormed() || !isServerName(serverName)) return undefined
  return { localpart, serverName }
}

/**
 * Splits a user id. Accepts everything that other servers may have given out (any localpart without `:` and NUL, also an empty one);
 * {@link isValidNewLocalpart} is the stricter rule for new users.
 */
export function parseUserId(text: string): LocalpartAndServer | undefined {
  return splitId(text, '@')
}

/** Whether the value is a user id of at most 255 bytes. */
export function isUserId(text: unknown): text is UserId {
  return typeof text === 'string' && splitId(text, '@') !== undefined
}

/** `@localpart:serverName`, unchecked. */
export function makeUserId(localpart: string, serverName: ServerName): UserId {
  return `@${localpart}:${serverName}` as UserId
}

/** The part between sigil and first colon of a user id or alias. */
export function localpartOf(userIdOrAlias: UserId | RoomAlias): string {
  const colon = userIdOrAlias.indexOf(':')
  return userIdOrAlias.slice(1, colon === -1 ? undefined : colon)
}

/** Everything after the first colon: the server of a user id or alias. Empty when there is no colon. */
export function serverNameOf(userIdOrAlias: UserId | RoomAlias): ServerName {
  const colon = userIdOrAlias.indexOf(':')
  return (colon === -1 ? '' : userIdOrAlias.slice(colon + 1)) as ServerName
}

const newLocalpart = /^[a-z0-9._=/+-]+$/

/** Whether a new local user may have this localpart (Appendices, "User Identifiers"). Says nothing about length or about who may take it. */
export function isValidNewLocalpart(localpart: string): boolean {
  return newLocalpart.test(localpart)
}

/** Whether the value is a room id of either form. */
export function isRoomId(text: unknown): text is RoomId {
  return typeof text === 'string' && isOpaqueId(text, '!')
}

/** Whether the value is an event id of any room version. */
export function isEventId(text: unknown): text is EventId {
  return typeof text === 'string' && isOpaqueId(text, '$')
}

function isOpaqueId(text: string, sigil: string): boolean {
  if (!text.startsWith(sigil) || text.length < 2 || !fitsIdLimit(text) || text.includes('\0') || !text.isWellFormed()) return false
  const colon = text.indexOf(':')
  return colon === -1 || isServerName(text.slice(colon + 1))
}

/** Splits a room alias. */
export function parseRoomAlias(text: string): LocalpartAndServer | undefined {
  return splitId(text, '#')
}

/** Whether the value is a room alias of at most 255 bytes. */
export function isRoomAlias(text: unknown): text is RoomAlias {
  return typeof text === 'string' && splitId(text, '#') !== undefined
}

/** `#localpart:serverName`, unchecked. */
export function makeRoomAlias(localpart: string, serverName: ServerName): RoomAlias {
  return `#${localpart}:${serverName}` as RoomAlias
}

const mediaId = /^[A-Za-z0-9_-]{1,255}$/

/** Splits `mxc://server/mediaId`; undefined when malformed. Query and fragment are not allowed. */
export function parseMxcUri(text: string): { serverName: ServerName; mediaId: string } | undefined {
  if (!text.startsWith('mxc://')) return undefined
  const slash = text.indexOf('/', 6)
  if (slash === -1) return undefined
  const serverName = text.slice(6, slash)
  const id = text.slice(slash + 1)
  return isServerName(serverName) && mediaId.test(id) ? { serverName, mediaId: id } : undefined
}

/** `mxc://serverName/mediaId`, unchecked. */
export function makeMxcUri(serverName: ServerName, id: string): MxcUri {
  return `mxc://${serverName}/${id}` as MxcUri
}

/** Whether the text may be the media id of an mxc URI. */
export function isMediaId(text: string): boolean {
  return mediaId.test(text)
}
