import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { anyObject, flag, nullable, optional, record, userIdParam } from '../fields.ts'
import { Type } from '../schema.ts'

const source = 'Synapse Admin API, "Experimental Features API"'
const path = '/_synapse/admin/v1/experimental_features/{user_id}'

export const getExperimentalFeatures = endpoint({
  id: 'admin.experimental_features.get',
  method: 'GET',
  path,
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Which experiments are switched on for a user',
  source,
  params: { user_id: userIdParam({ local: 'User must be local to check what experimental features are enabled.' }) },
  response: Type.Object({ features: record(flag()) }),
})

export const setExperimentalFeatures = endpoint({
  id: 'admin.experimental_features.put',
  method: 'PUT',
  path,
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Switch experiments on or off for a user; what these names stand for is on for everybody here',
  source,
  params: { user_id: userIdParam({ local: 'User must be local to enable experimental features.' }) },
  body: { features: optional(nullable(anyObject({ description: 'name → boolean; those left out stay as they are' }))) },
  errors: ['M_UNKNOWN', 'M_BAD_JSON', 'M_NOT_FOUND'],
})
