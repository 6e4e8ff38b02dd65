import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { anything, pathText, text } from '../fields.ts'
import { single } from './json-api.ts'

const PATH = '/api/admin/v1/policy-data'
const common = { surface: 'auth-admin', access: access.authAdmin, source: 'MAS Admin API, policy-data' } as const

const attributes = { created_at: text(), data: anything() }

export const setPolicyData = endpoint({
  ...common,
  id: 'auth_admin.policy_data.set',
  method: 'POST',
  path: PATH,
  summary: 'Sets the data of the policy, which comes on top of `glia.auth.policy` of the configuration',
  body: { data: anything({ description: 'an object; of its members `admin_users` and `admin_clients` are looked at' }) },
  status: 201,
  response: single(attributes),
})

export const getLatestPolicyData = endpoint({
  ...common,
  id: 'auth_admin.policy_data.get_latest',
  method: 'GET',
  path: `${PATH}/latest`,
  summary: 'The data of the policy that counts now',
  response: single(attributes),
})

export const getPolicyData = endpoint({
  ...common,
  id: 'auth_admin.policy_data.get',
  method: 'GET',
  path: `${PATH}/{id}`,
  summary: 'One version of the data of the policy',
  params: { id: pathText() },
  response: single(attributes),
})
