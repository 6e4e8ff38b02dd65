import { ApiError } from '@glia/client'
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { endSessionIfRefused } from './session/session-client.ts'
import type { SessionStore } from './session/session-store.ts'

const RETRIES = 2

/** Answers are shown at once from memory and asked for anew when they are older than a few seconds. */
export function createQueryClient(store: SessionStore): QueryClient {
  const onError = (error: unknown) => endSessionIfRefused(store, error)
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        retry: (failures, error) => failures < RETRIES && !(error instanceof ApiError && error.status < 500),
      },
    },
  })
}
