import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { text } from '../fields.ts'
import { Type } from '../schema.ts'

export const getServerVersion = endpoint({
  id: 'admin.server.get_version',
  method: 'GET',
  path: '/_synapse/admin/v1/server_version',
  surface: 'admin',
  access: access.public,
  summary: 'Name and version of the running server',
  source: 'Synapse Admin API, "Version API"',
  response: Type.Object({ server_version: text() }),
})
