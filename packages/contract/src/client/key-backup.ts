import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { anyObject, emptyObject, flag, integer, optional, pathText, record, text } from '../fields.ts'
import { Type } from '../schema.ts'

const source = 'Client-Server API, "Server-side key backups"'

const session = Type.Object({
  first_message_index: integer({ minimum: 0 }),
  forwarded_count: integer({ minimum: 0 }),
  is_verified: flag(),
  session_data: anyObject(),
})
const room = Type.Object({ sessions: record(session) })
const changed = Type.Object({ count: integer(), etag: text() })
const backup = Type.Object({ algorithm: text(), auth_data: anyObject(), count: integer(), etag: text(), version: text() })
/** Clients upload some hundred sessions at a time. */
const maxBodyBytes = 12 * 1024 * 1024
const version = { version: text() }

export const createBackup = endpoint({
  id: 'client.key_backup.create_version',
  method: 'POST',
  path: '/_matrix/client/v3/room_keys/version',
  surface: 'client',
  access: access.user,
  summary: 'Begins a new backup, which becomes the current one',
  source,
  body: { algorithm: text(), auth_data: anyObject() },
  response: Type.Object({ version: text() }),
})

export const getCurrentBackup = endpoint({
  id: 'client.key_backup.get_current_version',
  method: 'GET',
  path: '/_matrix/client/v3/room_keys/version',
  surface: 'client',
  access: access.user,
  summary: 'The current backup',
  source,
  response: backup,
  errors: ['M_NOT_FOUND'],
})

export const getBackup = endpoint({
  id: 'client.key_backup.get_version',
  method: 'GET',
  path: '/_matrix/client/v3/room_keys/version/{version}',
  surface: 'client',
  access: access.user,
  summary: 'One backup',
  source,
  params: { version: pathText() },
  response: backup,
  errors: ['M_NOT_FOUND'],
})

export const updateBackup = endpoint({
  id: 'client.key_backup.update_version',
  method: 'PUT',
  path: '/_matrix/client/v3/room_keys/version/{version}',
  surface: 'client',
  access: access.user,
  summary: "Changes a backup's auth_data",
  source,
  params: { version: pathText() },
  body: { algorithm: text(), auth_data: anyObject(), version: optional(text()) },
  response: emptyObject,
  errors: ['M_NOT_FOUND', 'M_INVALID_PARAM'],
})

export const deleteBackup = endpoint({
  id: 'client.key_backup.delete_version',
  method: 'DELETE',
  path: '/_matrix/client/v3/room_keys/version/{version}',
  surface: 'client',
  access: access.user,
  summary: 'Deletes a backup with its keys',
  source,
  params: { version: pathText() },
  response: emptyObject,
  errors: ['M_NOT_FOUND'],
})

const keyErrors = ['M_NOT_FOUND', 'M_WRONG_ROOM_KEYS_VERSION', 'M_INVALID_PARAM'] as const

export const putKeys = endpoint({
  id: 'client.key_backup.put_keys',
  method: 'PUT',
  path: '/_matrix/client/v3/room_keys/keys',
  surface: 'client',
  access: access.user,
  summary: 'Backs up sessions of many rooms; better ones that are there stay',
  source,
  query: version,
  body: { rooms: record(room) },
  maxBodyBytes,
  response: changed,
  errors: keyErrors,
})

export const putRoomKeys = endpoint({
  id: 'client.key_backup.put_room_keys',
  method: 'PUT',
  path: '/_matrix/client/v3/room_keys/keys/{roomId}',
  surface: 'client',
  access: access.user,
  summary: 'Backs up sessions of a room',
  source,
  params: { roomId: pathText() },
  query: version,
  body: { sessions: record(session) },
  maxBodyBytes,
  response: changed,
  errors: keyErrors,
})

export const putSessionKey = endpoint({
  id: 'client.key_backup.put_session_key',
  method: 'PUT',
  path: '/_matrix/client/v3/room_keys/keys/{roomId}/{sessionId}',
  surface: 'client',
  access: access.user,
  summary: 'Backs up one session',
  source,
  params: { roomId: pathText(), sessionId: pathText() },
  query: version,
  body: session.properties,
  response: changed,
  errors: keyErrors,
})

export const getKeys = endpoint({
  id: 'client.key_backup.get_keys',
  method: 'GET',
  path: '/_matrix/client/v3/room_keys/keys',
  surface: 'client',
  access: access.user,
  summary: 'All sessions of a backup',
  source,
  query: version,
  response: Type.Object({ rooms: record(room) }),
  errors: ['M_NOT_FOUND'],
})

export const getRoomKeys = endpoint({
  id: 'client.key_backup.get_room_keys',
  method: 'GET',
  path: '/_matrix/client/v3/room_keys/keys/{roomId}',
  surface: 'client',
  access: access.user,
  summary: 'The sessions of a room in a backup',
  source,
  params: { roomId: pathText() },
  query: version,
  response: room,
  errors: ['M_NOT_FOUND'],
})

export const getSessionKey = endpoint({
  id: 'client.key_backup.get_session_key',
  method: 'GET',
  path: '/_matrix/client/v3/room_keys/keys/{roomId}/{sessionId}',
  surface: 'client',
  access: access.user,
  summary: 'One session of a backup',
  source,
  params: { roomId: pathText(), sessionId: pathText() },
  query: version,
  response: session,
  errors: ['M_NOT_FOUND'],
})

export const deleteKeys = endpoint({
  id: 'client.key_backup.delete_keys',
  method: 'DELETE',
  path: '/_matrix/client/v3/room_keys/keys',
  surface: 'client',
  access: access.user,
  summary: 'Deletes all sessions of a backup',
  source,
  query: version,
  response: changed,
  errors: ['M_NOT_FOUND'],
})

export const deleteRoomKeys = endpoint({
  id: 'client.key_backup.delete_room_keys',
  method: 'DELETE',
  path: '/_matrix/client/v3/room_keys/keys/{roomId}',
  surface: 'client',
  access: access.user,
  summary: 'Deletes the sessions of a room from a backup',
  source,
  params: { roomId: pathText() },
  query: version,
  response: changed,
  errors: ['M_NOT_FOUND'],
})

export const deleteSessionKey = endpoint({
  id: 'client.key_backup.delete_session_key',
  method: 'DELETE',
  path: '/_matrix/client/v3/room_keys/keys/{roomId}/{sessionId}',
  surface: 'client',
  access: access.user,
  summary: 'Deletes one session from a backup',
  source,
  params: { roomId: pathText(), sessionId: pathText() },
  query: version,
  response: changed,
  errors: ['M_NOT_FOUND'],
})
