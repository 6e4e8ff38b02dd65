import { flagParam, withoutUndefined, wordParam } from '../../ui/search-params.ts'

export const spans = ['day', 'week', 'month', 'quarter', 'year'] as const
export type Span = (typeof spans)[number]

/** How the overview shows growth, as its address tells it. Nothing said: drawings of a month. */
export interface StartSearch {
  readonly span?: Exclude<Span, 'month'>
  /** Tables in place of drawings. */
  readonly tables?: true
}

export function startSearch(raw: Record<string, unknown>): StartSearch {
  return withoutUndefined({ span: wordParam(raw.span, ['day', 'week', 'quarter', 'year']), tables: flagParam(raw.tables) })
}
