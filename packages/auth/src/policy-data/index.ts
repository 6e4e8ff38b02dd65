export { policyDataAuthAdminRoutes } from './auth-admin-routes.ts'
export { createPolicyData, type PolicyData } from './policy-data.ts'
export type { PolicyDataTables } from './tables.ts'
