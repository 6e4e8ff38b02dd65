import type { Client } from '@glia/client'
import { queryOptions } from '@tanstack/react-query'

export function serverVersionQuery(client: Client) {
  return queryOptions({
    queryKey: ['server', 'version'],
    queryFn: ({ signal }) => client.admin.server.getServerVersion({ signal }),
    staleTime: 60_000,
  })
}

export function specVersionsQuery(client: Client) {
  return queryOptions({
    queryKey: ['server', 'spec-versions'],
    queryFn: ({ signal }) => client.client.system.getVersions({ signal }),
    staleTime: 60_000,
  })
}

/** The authorization server, or null where there is none. */
export function authServiceQuery(client: Client) {
  return queryOptions({
    queryKey: ['server', 'auth'],
    queryFn: async ({ signal }) => {
      try {
        return await client.oauth.discovery.getAuthMetadata({ signal })
      } catch (error) {
        if (signal.aborted) throw error
        return null
      }
    },
    staleTime: 60_000,
  })
}
