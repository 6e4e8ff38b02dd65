import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { anyObject } from '../fields.ts'

export const getOpenApi = endpoint({
  id: 'glia.api_description.get_openapi',
  method: 'GET',
  path: '/_glia/openapi.json',
  surface: 'glia',
  access: access.public,
  summary: 'This description of all endpoints, as OpenAPI 3.1',
  source: 'OpenAPI Specification 3.1',
  response: anyObject(),
})
