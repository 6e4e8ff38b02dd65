import { MatrixError } from '@glia/contract'

/**
 * A point between events. Clients see it as text: `t<depth>-<position>` in the order of the room's graph (history), or
 * `s<position>…` in order of arrival (/sync, which adds more behind it). Without `depth` it is the latter.
 */
export interface TimelinePoint {
  readonly depth: number | undefined
  /** The newest event before the point; 0 is the beginning. */
  readonly position: number
}

/** A point in the order of the graph: after the events up to (depth, position). */
export interface GraphPoint {
  readonly depth: number
  readonly position: number
}

/** The text of a point in the order of the graph. */
export function historyToken(point: GraphPoint): string {
  return `t${point.depth}-${point.position}`
}

/** The text of a point in order of arrival that is no sync token of its own. */
export function arrivalToken(position: number): string {
  return `s${position}`
}

/**
 * Reads either kind of token.
 * @throws MatrixError 400 M_UNKNOWN, as Synapse does
 */
export function parseTimelineToken(token: string, parameter: string): TimelinePoint {
  const history = /^t(\d{1,16})-(\d{1,16})$/.exec(token)
  if (history) return { depth: readNumber(history[1]!, parameter), position: readNumber(history[2]!, parameter) }
  const arrival = /^s(\d{1,16})(?:_\d{1,16})*$/.exec(token)
  if (arrival) return { depth: undefined, position: readNumber(arrival[1]!, parameter) }
  throw invalidToken(parameter)
}

function readNumber(digits: string, parameter: string): number {
  const value = Number(digits)
  if (!Number.isSafeInteger(value)) throw invalidToken(parameter)
  return value
}

function invalidToken(parameter: string): MatrixError {
  return new MatrixError('M_UNKNOWN', `'${parameter}' parameter is invalid`)
}
