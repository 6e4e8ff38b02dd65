import type { PolicyConfig } from '../policy/index.ts'

const MEMBERS = { admin_users: 'adminUsers', admin_clients: 'adminClients' } as const

/**
 * Puts data of the policy on top of the configuration: lists are added, null takes the list of the configuration away. Other members are
 * kept, but nothing here looks at them.
 * Source: MAS, policy data.
 * @returns undefined if the data does not fit
 */
export function mergePolicy(config: PolicyConfig, data: unknown): PolicyConfig | undefined {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return undefined
  const merged: Record<'adminUsers' | 'adminClients', readonly string[]> = { ...config }
  for (const [member, name] of Object.entries(MEMBERS) as [keyof typeof MEMBERS, (typeof MEMBERS)[keyof typeof MEMBERS]][]) {
    const added = (data as Record<string, unknown>)[member]
    if (added === undefined) continue
    if (added === null) merged[name] = []
    else if (Array.isArray(added) && added.every((item) => typeof item === 'string')) merged[name] = [...config[name], ...added]
    else return undefined
  }
  return merged
}
