import type { Client } from '@glia/client'
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { TokensSearch } from './tokens-search.ts'

export type RegistrationToken = Awaited<
  ReturnType<Client['admin']['registrationTokens']['listRegistrationTokens']>
>['registration_tokens'][number]

/** Everything about registration tokens that is kept in memory. */
export const tokensKey = ['registration-tokens'] as const

/** All of them: the server has no pages of these. */
export function tokensQuery(client: Client, { valid }: TokensSearch) {
  return queryOptions({
    queryKey: [...tokensKey, valid ?? 'all'],
    queryFn: async ({ signal }) => {
      const query = valid === undefined ? {} : { valid: valid === 'yes' }
      return (await client.admin.registrationTokens.listRegistrationTokens({ query, signal })).registration_tokens
    },
    placeholderData: keepPreviousData,
  })
}

/** Why a token cannot be used, or that it can. @param nowMs ms since 1970 */
export function tokenState(token: RegistrationToken, nowMs: number): 'usable' | 'expired' | 'used-up' {
  if (token.expiry_time !== null && token.expiry_time <= nowMs) return 'expired'
  return token.uses_allowed !== null && token.completed + token.pending >= token.uses_allowed ? 'used-up' : 'usable'
}
