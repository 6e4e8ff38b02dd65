import { AuthAdminError, contract } from '@glia/contract'
import { type Route, route } from '@glia/http'
import { found, readUlid, requireJson, singleDocument, toInstant } from '../admin-api/index.ts'
import type { PolicyData, PolicyDataVersion } from './policy-data.ts'

const PATH = '/api/admin/v1/policy-data'

/** Data of the policy in MAS's Admin API: each call adds a version, the newest counts. */
export function policyDataAuthAdminRoutes({ policyData }: { policyData: PolicyData }): Route[] {
  const endpoints = contract.authAdmin.policyData
  const one = ({ id, createdAtMs, data }: PolicyDataVersion, self?: string) =>
    singleDocument('policy-data', PATH, { id, attributes: { created_at: toInstant(createdAtMs), data } }, self)
  return [
    route(endpoints.setPolicyData, async ({ body, request }) => {
      requireJson(request)
      return one(await policyData.set(body.data))
    }),
    route(endpoints.getLatestPolicyData, async () => {
      const latest = await policyData.latest()
      if (!latest) throw new AuthAdminError(404, 'No policy data')
      return one(latest, `${PATH}/latest`)
    }),
    route(endpoints.getPolicyData, async ({ params }) => {
      const id = readUlid(params.id)
      return one(found(await policyData.find(id), 'Policy data', id))
    }),
  ]
}
