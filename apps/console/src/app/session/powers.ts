import { ApiError, type Client, ConnectionError } from '@glia/client'
import type { AdminRole, AnyEndpoint } from '@glia/contract'

/** What the signed-in account may do on this server. */
export interface Powers {
  /** Glia has an API of its own beside Synapse's; a Synapse, and a Glia of which only `/_synapse` is reachable, has not. */
  readonly isGlia: boolean
  /** Undefined: an admin, who may do everything. */
  readonly role: AdminRole | undefined
  /** Whether this server has the endpoint and the account may call it. What it may not is not offered. */
  readonly may: (endpoint: Pick<AnyEndpoint, 'id'>) => boolean
}

export const ROLE_LABELS: Readonly<Record<AdminRole, string>> = { moderator: 'Moderator', support: 'Support', read_only: 'Read only' }

/** Endpoints that a Synapse may not have. For all that they do it has another one, or nothing. */
const ONLY_GLIA = ['glia.', 'client.moderation.']

/**
 * Asks the server what the token may do.
 * @throws ApiError 403 when that is nothing of an admin's
 */
export async function findPowers(client: Client, signal?: AbortSignal): Promise<Powers> {
  try {
    const { admin, role, operations } = await client.glia.adminRoles.getOwnAdminRole({ ...(signal && { signal }) })
    const allowed = operations && new Set(operations)
    return { isGlia: true, role: admin ? undefined : (role ?? undefined), may: ({ id }) => allowed?.has(id) ?? true }
  } catch (error) {
    // unknown paths of a Synapse may be answered in a way that a browser keeps from pages of other origins
    const isMissing = (error instanceof ApiError && error.status === 404) || error instanceof ConnectionError
    if (!isMissing || signal?.aborted) throw error
    // answered to every admin, with delegated authentication too, and without any rows
    await client.admin.rooms.listRooms({ query: { from: 0, limit: 0, order_by: 'name', dir: 'f' }, ...(signal && { signal }) })
    return { isGlia: false, role: undefined, may: ({ id }) => !ONLY_GLIA.some((prefix) => id.startsWith(prefix)) }
  }
}
