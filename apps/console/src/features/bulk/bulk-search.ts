import { textParam, withoutUndefined } from '../../ui/search-params.ts'

/** The bulk jobs as their address tells it. Nothing said: the newest. */
export interface BulkSearch {
  /** Where the page begins; absent: at the newest. */
  readonly from?: string
  /** The job whose panel is open. */
  readonly job?: string
}

export function bulkSearch(raw: Record<string, unknown>): BulkSearch {
  return withoutUndefined({ from: textParam(raw.from), job: textParam(raw.job) })
}
