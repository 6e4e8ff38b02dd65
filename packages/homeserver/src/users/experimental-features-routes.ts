import { contract, MatrixError } from '@glia/contract'
import type { Database } from '@glia/database'
import { type Route, route } from '@glia/http'
import type { UserId } from '@glia/protocol'
import type { UserTables } from './tables.ts'
import { listExperimentalFeatures, setExperimentalFeature } from './user-details-store.ts'
import type { Users } from './users.ts'

/** Those that Synapse knows. Here they are on for everybody; the switches are kept for the tools that set them. */
const FEATURES = ['msc3881', 'msc3575', 'msc4222']

/** Synapse Admin API, "Experimental Features API". */
export function experimentalFeatureRoutes({ database, users }: { database: Database<UserTables>; users: Users }): Route[] {
  const { experimentalFeatures } = contract.admin
  return [
    route(experimentalFeatures.getExperimentalFeatures, async ({ params }) => {
      const enabled = new Set(await listExperimentalFeatures(database.read, params.user_id as UserId))
      return { features: Object.fromEntries(FEATURES.map((feature) => [feature, enabled.has(feature)])) }
    }),
    route(experimentalFeatures.setExperimentalFeatures, async ({ params, body }) => {
      const wanted = Object.entries(body.features ?? {})
      if (wanted.length === 0) throw new MatrixError('M_UNKNOWN', 'You must provide features to set.')
      for (const [feature, value] of wanted) {
        if (!FEATURES.includes(feature))
          throw new MatrixError('M_UNKNOWN', `'${feature}' is not recognised as a valid experimental feature.`)
        if (typeof value !== 'boolean') throw new MatrixError('M_BAD_JSON', `features.${feature} must be a boolean`)
      }
      const userId = params.user_id as UserId
      if (!(await users.find(userId))) throw new MatrixError('M_NOT_FOUND', 'User not found')
      await database.transaction(async (tx) => {
        for (const [feature, isEnabled] of wanted) await setExperimentalFeature(tx, userId, feature, isEnabled === true)
      })
      return {}
    }),
  ]
}
