import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { anyObject, optional, text, timestampMs } from '../fields.ts'

const query = {
  url: text({ error: "Missing string query parameter 'url'" }),
  ts: optional(timestampMs({ errcode: 'M_INVALID_PARAM', error: 'Query parameter ts must be an integer' })),
}
const common = {
  method: 'GET',
  surface: 'client',
  access: access.user,
  summary: 'What a web page says about itself: title, description, picture',
  source: 'Client-Server API, "Content repository"',
  query,
  response: anyObject(),
  errors: ['M_UNKNOWN', 'M_UNRECOGNIZED', 'M_LIMIT_EXCEEDED'],
} as const

export const getUrlPreview = endpoint({
  ...common,
  id: 'client.url_previews.get',
  path: '/_matrix/client/v1/media/preview_url',
  aliases: ['/_matrix/client/unstable/org.matrix.msc3916/media/preview_url'],
})

export const getUrlPreviewLegacy = endpoint({
  ...common,
  id: 'client.url_previews.get_legacy',
  path: '/_matrix/media/v3/preview_url',
  aliases: ['/_matrix/media/r0/preview_url', '/_matrix/media/v1/preview_url'],
  deprecated: true,
})
