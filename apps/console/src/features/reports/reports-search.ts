import { contract } from '@glia/contract'
import { textParam, withoutUndefined, wordParam } from '../../ui/search-params.ts'

export const REPORTS_PER_PAGE = 50

export const { reportKinds, reportStates } = contract.glia.reports
export type ReportState = (typeof reportStates)[number]
export type ReportKind = (typeof reportKinds)[number]

/** The list of reports as its address tells it. Nothing said: all new ones. */
export interface ReportsSearch {
  readonly state?: Exclude<ReportState, 'new'> | 'all'
  readonly kind?: ReportKind
  /** A user id, or `none`: of nobody. */
  readonly assignee?: string
  /** Who was reported, or whose event. */
  readonly about?: string
  readonly room?: string
  /** Where the page begins; absent: at the newest. */
  readonly from?: number
}

export function reportsSearch(raw: Record<string, unknown>): ReportsSearch {
  const from = Number(raw.from)
  return withoutUndefined({
    state: wordParam(raw.state, ['in_progress', 'resolved', 'dismissed', 'all']),
    kind: wordParam(raw.kind, reportKinds),
    assignee: textParam(raw.assignee),
    about: textParam(raw.about),
    room: textParam(raw.room),
    from: Number.isSafeInteger(from) && from > 0 ? from : undefined,
  })
}

/** The same list as the server wants to be asked for it. */
export function reportsRequest({ state, kind, assignee, about, room, from }: ReportsSearch) {
  return withoutUndefined({
    limit: REPORTS_PER_PAGE,
    state: state === 'all' ? undefined : (state ?? 'new'),
    kind,
    assignee,
    target_user_id: about,
    room_id: room,
    from,
  }) as {
    limit: number
    state?: ReportState
    kind?: ReportKind
    assignee?: string
    target_user_id?: string
    room_id?: string
    from?: number
  }
}
