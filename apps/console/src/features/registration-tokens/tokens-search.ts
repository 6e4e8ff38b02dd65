import { textParam, withoutUndefined, wordParam } from '../../ui/search-params.ts'

/** The registration tokens as their address tells it. Nothing said: all of them. */
export interface TokensSearch {
  readonly valid?: 'yes' | 'no'
  /** The token whose panel is open. */
  readonly token?: string
}

export function tokensSearch(raw: Record<string, unknown>): TokensSearch {
  return withoutUndefined({ valid: wordParam(raw.valid, ['yes', 'no']), token: textParam(raw.token) })
}
