import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'

export const getHealth = endpoint({
  id: 'glia.health.get',
  method: 'GET',
  path: '/health',
  surface: 'glia',
  access: access.public,
  summary: 'Answers `OK` when the server can reach its database',
  source: 'Synapse documentation, "Health check endpoint"',
  produces: 'binary',
})
