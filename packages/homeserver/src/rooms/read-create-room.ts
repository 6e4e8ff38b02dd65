import { MatrixError } from '@glia/contract'
import {
  isJsonObject,
  isUserId,
  type JsonObject,
  type JsonValue,
  type RoomAlias,
  type RoomPreset,
  type RoomVersion,
  roomVersion,
  type ServerName,
  showJson,
  type UserId,
} from '@glia/protocol'
import { checkNewAlias } from '../directory/index.ts'

/** A state event that a new room starts with. */
export interface InitialState {
  readonly type: string
  readonly stateKey: string
  readonly content: JsonObject
}

/** What `POST /createRoom` asks for. */
export interface NewRoom {
  readonly version: RoomVersion
  readonly preset: RoomPreset
  readonly isPublished: boolean
  readonly alias: RoomAlias | undefined
  readonly name: string | undefined
  readonly topic: string | undefined
  readonly invitees: readonly UserId[]
  readonly isDirect: boolean
  readonly creationContent: JsonObject
  readonly powerLevelOverride: JsonObject | undefined
  readonly initialState: readonly InitialState[]
}

const PRESETS = ['private_chat', 'trusted_private_chat', 'public_chat']

/**
 * Reads the body of `POST /createRoom`. `null` counts as left out. Codes and texts are Synapse's; what Synapse fails over with a 500 is
 * M_BAD_JSON.
 * @throws MatrixError
 */
export function readCreateRoom(body: JsonObject, options: { defaultVersion: RoomVersion; serverName: ServerName }): NewRoom {
  const isPublished = body.visibility === 'public'
  refuseThirdPartyInvites(body.invite_3pid)
  return {
    version: readVersion(body.room_version, options.defaultVersion),
    preset: readPreset(body.preset, isPublished),
    isPublished,
    alias: readAlias(body.room_alias_name, options.serverName),
    name: readText(body.name, 'name'),
    topic: readText(body.topic, 'topic'),
    invitees: readInvitees(body.invite),
    isDirect: body.is_direct === true,
    creationContent: readObject(body.creation_content, 'creation_content') ?? {},
    powerLevelOverride: readObject(body.power_level_content_override, 'power_level_content_override'),
    initialState: readInitialState(body.initial_state),
  }
}

function readVersion(value: JsonValue | undefined, defaultVersion: RoomVersion): RoomVersion {
  if (value === undefined || value === null) return defaultVersion
  if (typeof value !== 'string') throw new MatrixError('M_BAD_JSON', 'room_version must be a string')
  const version = roomVersion(value)
  if (!version) throw new MatrixError('M_UNSUPPORTED_ROOM_VERSION', 'Your homeserver does not support this room version')
  return version
}

function readPreset(value: JsonValue | undefined, isPublished: boolean): RoomPreset {
  if (value === undefined || value === null) return isPublished ? 'public_chat' : 'private_chat'
  if (!PRESETS.includes(value as string)) throw new MatrixError('M_BAD_JSON', `'${showJson(value)}' is not a valid preset`)
  return value as RoomPreset
}

function readAlias(value: JsonValue | undefined, serverName: ServerName): RoomAlias | undefined {
  if (value === undefined || value === null || value === '') return undefined
  if (typeof value !== 'string') throw new MatrixError('M_BAD_JSON', 'room_alias_name must be a string')
  if (value.includes(':')) {
    throw new MatrixError(
      'M_UNKNOWN',
      "':' is not permitted in the room alias name. Please note this expects a local part — 'wombat', not '#wombat:example.com'.",
    )
  }
  return checkNewAlias(`#${value}:${serverName}`, serverName)
}

function readText(value: JsonValue | undefined, name: string): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string') throw new MatrixError('M_UNKNOWN', `'${name}' not a string type`)
  return value
}

function readInvitees(value: JsonValue | undefined): UserId[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw new MatrixError('M_BAD_JSON', 'invite must be a list')
  for (const user of value) if (!isUserId(user)) throw new MatrixError('M_UNKNOWN', `Invalid user_id: ${String(user)}`)
  return [...new Set(value as UserId[])]
}

function readObject(value: JsonValue | undefined, name: string): JsonObject | undefined {
  if (value === undefined || value === null) return undefined
  if (!isJsonObject(value)) throw new MatrixError('M_BAD_JSON', `${name} must be an object`)
  return value
}

function readInitialState(value: JsonValue | undefined): InitialState[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw new MatrixError('M_BAD_JSON', 'initial_state must be a list')
  return value.map((entry) => {
    const { type, state_key: stateKey = '', content } = isJsonObject(entry) ? entry : {}
    if (typeof type !== 'string' || typeof stateKey !== 'string' || !isJsonObject(content)) {
      throw new MatrixError('M_BAD_JSON', 'each entry of initial_state needs a type, an object content, and a text as state_key')
    }
    if (type.includes('\0') || stateKey.includes('\0')) throw new MatrixError('M_BAD_JSON', 'no NUL in types and state keys')
    return { type, stateKey, content }
  })
}

function refuseThirdPartyInvites(value: JsonValue | undefined): void {
  if (!Array.isArray(value) || value.length === 0) return
  const needed = ['medium', 'address', 'id_server', 'id_access_token']
  if (value.some((invite) => !isJsonObject(invite) || needed.some((key) => !(key in invite)))) {
    const text = 'all of `medium`, `address`, `id_server` and `id_access_token` are required when making a 3pid invite'
    throw new MatrixError('M_MISSING_PARAM', text)
  }
  throw new MatrixError('M_THREEPID_DENIED', 'Invites by email address or telephone number are not supported')
}
