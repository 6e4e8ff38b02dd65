import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { flag, integer, oneOf, optional, pathText, text, timestampMs } from '../fields.ts'
import { Type } from '../schema.ts'

const SOURCE = 'Client-Server API, "Content repository"'

const mediaParams = { serverName: pathText(), mediaId: pathText() }
const waitingQuery = {
  /** How long to wait for content that its uploader still owes. */
  timeout_ms: optional(integer({ minimum: 0 })),
}
const downloadQuery = {
  ...waitingQuery,
  /** Synapse: lets a server admin look at quarantined media. */
  admin_unsafely_bypass_quarantine: optional(flag()),
}
const thumbnailQuery = {
  ...waitingQuery,
  width: integer({ minimum: 1 }),
  height: integer({ minimum: 1 }),
  method: optional(oneOf(['crop', 'scale'])),
  animated: optional(flag()),
}
const mediaErrors = ['M_NOT_FOUND', 'M_NOT_YET_UPLOADED'] as const

export const uploadMedia = endpoint({
  id: 'client.media.upload',
  method: 'POST',
  path: '/_matrix/media/v3/upload',
  aliases: ['/_matrix/media/r0/upload', '/_matrix/media/v1/upload'],
  surface: 'client',
  access: access.user,
  summary: 'Upload a file',
  source: SOURCE,
  query: { filename: optional(text()) },
  binaryBody: true,
  response: Type.Object({ content_uri: text() }),
  errors: ['M_TOO_LARGE', 'M_FORBIDDEN', 'M_USER_LIMIT_EXCEEDED'],
})

export const createMedia = endpoint({
  id: 'client.media.create',
  method: 'POST',
  path: '/_matrix/media/v1/create',
  surface: 'client',
  access: access.user,
  summary: 'Reserve an mxc URI to upload to later',
  source: SOURCE,
  response: Type.Object({ content_uri: text(), unused_expires_at: timestampMs() }),
  errors: ['M_LIMIT_EXCEEDED'],
})

export const uploadToCreatedMedia = endpoint({
  id: 'client.media.upload_to_created',
  method: 'PUT',
  path: '/_matrix/media/v3/upload/{serverName}/{mediaId}',
  surface: 'client',
  access: access.user,
  summary: 'Upload the file of an mxc URI reserved before',
  source: SOURCE,
  params: mediaParams,
  query: { filename: optional(text()) },
  binaryBody: true,
  errors: ['M_TOO_LARGE', 'M_FORBIDDEN', 'M_CANNOT_OVERWRITE_MEDIA', 'M_NOT_FOUND', 'M_USER_LIMIT_EXCEEDED'],
})

export const downloadMedia = endpoint({
  id: 'client.media.download',
  method: 'GET',
  path: '/_matrix/client/v1/media/download/{serverName}/{mediaId}',
  surface: 'client',
  access: access.userOrGuest,
  summary: 'Download a file',
  source: SOURCE,
  params: mediaParams,
  query: downloadQuery,
  produces: 'binary',
  errors: mediaErrors,
})

export const downloadMediaAs = endpoint({
  id: 'client.media.download_as',
  method: 'GET',
  path: '/_matrix/client/v1/media/download/{serverName}/{mediaId}/{fileName}',
  surface: 'client',
  access: access.userOrGuest,
  summary: 'Download a file under another name',
  source: SOURCE,
  params: { ...mediaParams, fileName: pathText() },
  query: downloadQuery,
  produces: 'binary',
  errors: mediaErrors,
})

export const getMediaThumbnail = endpoint({
  id: 'client.media.thumbnail',
  method: 'GET',
  path: '/_matrix/client/v1/media/thumbnail/{serverName}/{mediaId}',
  surface: 'client',
  access: access.userOrGuest,
  summary: 'Download a small version of an image',
  source: SOURCE,
  params: mediaParams,
  query: thumbnailQuery,
  produces: 'binary',
  errors: [...mediaErrors, 'M_TOO_LARGE', 'M_UNKNOWN'],
})

export const getMediaConfig = endpoint({
  id: 'client.media.config',
  method: 'GET',
  path: '/_matrix/client/v1/media/config',
  aliases: ['/_matrix/media/v3/config', '/_matrix/media/r0/config', '/_matrix/media/v1/config'],
  surface: 'client',
  access: access.user,
  summary: 'Limits for uploads',
  source: SOURCE,
  response: Type.Object({ 'm.upload.size': integer() }),
})

/** The addresses from before authenticated media: they answer for files uploaded while `enable_authenticated_media` was off. */
export const downloadMediaLegacy = endpoint({
  id: 'client.media.download_legacy',
  method: 'GET',
  path: '/_matrix/media/v3/download/{serverName}/{mediaId}',
  aliases: ['/_matrix/media/r0/download/{serverName}/{mediaId}', '/_matrix/media/v1/download/{serverName}/{mediaId}'],
  surface: 'client',
  access: access.public,
  summary: 'Download a file (open address)',
  source: SOURCE,
  params: mediaParams,
  query: waitingQuery,
  produces: 'binary',
  errors: mediaErrors,
  deprecated: true,
})

export const downloadMediaAsLegacy = endpoint({
  id: 'client.media.download_as_legacy',
  method: 'GET',
  path: '/_matrix/media/v3/download/{serverName}/{mediaId}/{fileName}',
  aliases: ['/_matrix/media/r0/download/{serverName}/{mediaId}/{fileName}', '/_matrix/media/v1/download/{serverName}/{mediaId}/{fileName}'],
  surface: 'client',
  access: access.public,
  summary: 'Download a file under another name (open address)',
  source: SOURCE,
  params: { ...mediaParams, fileName: pathText() },
  query: waitingQuery,
  produces: 'binary',
  errors: mediaErrors,
  deprecated: true,
})

export const getMediaThumbnailLegacy = endpoint({
  id: 'client.media.thumbnail_legacy',
  method: 'GET',
  path: '/_matrix/media/v3/thumbnail/{serverName}/{mediaId}',
  aliases: ['/_matrix/media/r0/thumbnail/{serverName}/{mediaId}', '/_matrix/media/v1/thumbnail/{serverName}/{mediaId}'],
  surface: 'client',
  access: access.public,
  summary: 'Download a small version of an image (open address)',
  source: SOURCE,
  params: mediaParams,
  query: thumbnailQuery,
  produces: 'binary',
  errors: [...mediaErrors, 'M_TOO_LARGE', 'M_UNKNOWN'],
  deprecated: true,
})
