import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'

export const showUploadLimit = endpoint({
  id: 'pages.media_limits.show',
  method: 'GET',
  path: '/_synapse/client/media_upload_limit_exceeded',
  surface: 'page',
  access: access.browser,
  summary: 'Says what it means that no more may be uploaded; clients link to it',
  source: 'MSC4335; where Synapse has it',
  produces: 'html',
})
