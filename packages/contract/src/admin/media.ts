import { access } from '../access.ts'
import { dryRunQuery, orWould, wouldCounts } from '../dry-run.ts'
import { endpoint } from '../endpoint.ts'
import { flag, integer, list, nullable, oneOf, optional, pathText, text, timestampMs, userIdParam } from '../fields.ts'
import { Type } from '../schema.ts'

const SOURCE = 'Synapse Admin API, "Media Admin API"'
const mediaParams = { server_name: pathText(), media_id: pathText() }

const mediaFields = {
  user_id: nullable(text()),
  media_id: text(),
  media_type: nullable(text()),
  media_length: nullable(integer({ description: 'bytes; null while the content is not uploaded yet' })),
  upload_name: nullable(text()),
  created_ts: timestampMs(),
  url_cache: nullable(text()),
  last_access_ts: nullable(timestampMs()),
  quarantined_by: nullable(text({ description: 'user id of an admin, or `system`: uploaded after its content had been quarantined' })),
  authenticated: nullable(flag()),
  safe_from_quarantine: nullable(flag()),
  sha256: nullable(text({ description: 'hexadecimal' })),
}
const deletedMedia = orWould(Type.Object({ deleted_media: list(text()), total: integer() }), wouldCounts.media)
const numQuarantined = orWould(Type.Object({ num_quarantined: integer() }), wouldCounts.media)

export const getMedia = endpoint({
  id: 'admin.media.get',
  method: 'GET',
  path: '/_synapse/admin/v1/media/{server_name}/{media_id}',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'What is known about a file',
  source: SOURCE,
  params: mediaParams,
  response: Type.Object({
    media_info: Type.Object({ ...mediaFields, media_origin: nullable(text()), filesystem_id: nullable(text()) }),
  }),
  errors: ['M_NOT_FOUND'],
})

export const deleteMedia = endpoint({
  id: 'admin.media.delete',
  method: 'DELETE',
  path: '/_synapse/admin/v1/media/{server_name}/{media_id}',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Delete a local file',
  source: SOURCE,
  params: mediaParams,
  query: dryRunQuery,
  response: deletedMedia,
  errors: ['M_NOT_FOUND', 'M_UNKNOWN'],
})

export const quarantineMedia = endpoint({
  id: 'admin.media.quarantine',
  method: 'POST',
  path: '/_synapse/admin/v1/media/quarantine/{server_name}/{media_id}',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Hide a file and all with the same content',
  source: SOURCE,
  params: mediaParams,
})

export const unquarantineMedia = endpoint({
  id: 'admin.media.unquarantine',
  method: 'POST',
  path: '/_synapse/admin/v1/media/unquarantine/{server_name}/{media_id}',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Show a quarantined file, and all with the same content, again',
  source: SOURCE,
  params: mediaParams,
})

export const listRoomMedia = endpoint({
  id: 'admin.media.list_room',
  method: 'GET',
  path: '/_synapse/admin/v1/room/{room_id}/media',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Files that the unencrypted events of a room point to',
  source: SOURCE,
  params: { room_id: pathText() },
  response: Type.Object({ local: list(text()), remote: list(text()) }),
})

export const quarantineRoomMedia = endpoint({
  id: 'admin.media.quarantine_room',
  method: 'POST',
  path: '/_synapse/admin/v1/room/{room_id}/media/quarantine',
  aliases: ['/_synapse/admin/v1/quarantine_media/{room_id}'],
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Quarantine the files that the unencrypted events of a room point to',
  source: SOURCE,
  params: { room_id: pathText() },
  query: dryRunQuery,
  response: numQuarantined,
})

export const quarantineUserMedia = endpoint({
  id: 'admin.media.quarantine_user',
  method: 'POST',
  path: '/_synapse/admin/v1/user/{user_id}/media/quarantine',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Quarantine all files that a user uploaded',
  source: SOURCE,
  params: { user_id: pathText() },
  query: dryRunQuery,
  response: numQuarantined,
})

export const listQuarantineChanges = endpoint({
  id: 'admin.media.quarantine_changes',
  method: 'GET',
  path: '/_synapse/admin/v1/media/quarantine_changes',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Files quarantined and released, in order',
  source: SOURCE,
  query: { from: integer({ minimum: 0, default: 0, description: '`next_batch` of the call before' }) },
  response: Type.Object({
    changes: list(Type.Object({ origin: text(), media_id: text(), quarantined: flag() })),
    next_batch: integer(),
  }),
  errors: ['M_INVALID_PARAM'],
})

export const protectMedia = endpoint({
  id: 'admin.media.protect',
  method: 'POST',
  path: '/_synapse/admin/v1/media/protect/{media_id}',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Keep a local file from quarantine and from deletion by age',
  source: SOURCE,
  params: { media_id: pathText() },
  errors: ['M_NOT_FOUND'],
})

export const unprotectMedia = endpoint({
  id: 'admin.media.unprotect',
  method: 'POST',
  path: '/_synapse/admin/v1/media/unprotect/{media_id}',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Take the protection from a local file',
  source: SOURCE,
  params: { media_id: pathText() },
  errors: ['M_NOT_FOUND'],
})

const oldMediaQuery = {
  ...dryRunQuery,
  before_ts: timestampMs({ minimum: 0, description: 'last access, or creation, before this time (ms)' }),
  size_gt: integer({ minimum: 0, default: 0, description: 'larger than this (bytes)' }),
  keep_profiles: flag({ default: true, description: 'keep what is the avatar of a user or room' }),
}

export const deleteOldMedia = endpoint({
  id: 'admin.media.delete_old',
  method: 'POST',
  path: '/_synapse/admin/v1/media/delete',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Delete local files by age and size',
  source: SOURCE,
  query: oldMediaQuery,
  response: deletedMedia,
  errors: ['M_INVALID_PARAM'],
})

export const deleteOldMediaLegacy = endpoint({
  id: 'admin.media.delete_old_legacy',
  method: 'POST',
  path: '/_synapse/admin/v1/media/{server_name}/delete',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Delete local files by age and size',
  source: SOURCE,
  params: { server_name: pathText() },
  query: oldMediaQuery,
  response: deletedMedia,
  errors: ['M_INVALID_PARAM', 'M_UNKNOWN'],
  deprecated: true,
})

export const purgeMediaCache = endpoint({
  id: 'admin.media.purge_cache',
  method: 'POST',
  path: '/_synapse/admin/v1/purge_media_cache',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Drop cached files of other servers by age',
  source: SOURCE,
  query: { before_ts: timestampMs({ minimum: 0, description: 'last access before this time (ms)' }) },
  response: Type.Object({ deleted: integer() }),
  errors: ['M_INVALID_PARAM'],
})

const userMediaQuery = {
  from: integer({ minimum: 0, default: 0 }),
  limit: integer({ minimum: 0, default: 100 }),
  order_by: optional(
    oneOf([
      'media_id',
      'upload_name',
      'created_ts',
      'last_access_ts',
      'media_length',
      'media_type',
      'quarantined_by',
      'safe_from_quarantine',
    ]),
  ),
  dir: optional(oneOf(['b', 'f'])),
}

export const listUserMedia = endpoint({
  id: 'admin.media.list_user',
  method: 'GET',
  path: '/_synapse/admin/v1/users/{user_id}/media',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Files that a user uploaded, newest first unless an order is named',
  source: 'Synapse Admin API, "User Admin API"',
  params: { user_id: userIdParam({ local: 'Can only look up local users' }) },
  query: userMediaQuery,
  response: Type.Object({ media: list(Type.Object(mediaFields)), total: integer(), next_token: optional(integer()) }),
  errors: ['M_NOT_FOUND', 'M_UNKNOWN'],
})

export const deleteUserMedia = endpoint({
  id: 'admin.media.delete_user',
  method: 'DELETE',
  path: '/_synapse/admin/v1/users/{user_id}/media',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Delete one page of the files that a user uploaded',
  source: 'Synapse Admin API, "User Admin API"',
  params: { user_id: userIdParam({ local: 'Can only look up local users' }) },
  query: { ...userMediaQuery, ...dryRunQuery },
  response: deletedMedia,
  errors: ['M_NOT_FOUND', 'M_UNKNOWN'],
})

export const getUserMediaStatistics = endpoint({
  id: 'admin.statistics.users_media',
  method: 'GET',
  path: '/_synapse/admin/v1/statistics/users/media',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'How much each user uploaded',
  source: 'Synapse Admin API, "Statistics"',
  query: {
    from: integer({ minimum: 0, default: 0 }),
    limit: integer({ minimum: 0, default: 100 }),
    order_by: oneOf(['media_length', 'media_count', 'user_id', 'displayname'], { default: 'user_id' }),
    dir: oneOf(['b', 'f'], { default: 'f' }),
    from_ts: timestampMs({ minimum: 0, default: 0 }),
    until_ts: optional(timestampMs({ minimum: 0 })),
    search_term: optional(text()),
  },
  response: Type.Object({
    users: list(Type.Object({ user_id: nullable(text()), displayname: nullable(text()), media_count: integer(), media_length: integer() })),
    total: integer(),
    next_token: optional(integer()),
  }),
  errors: ['M_INVALID_PARAM'],
})
