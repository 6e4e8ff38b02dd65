import { MatrixError } from '@glia/contract'

/** Opaque to clients. */
export function eventId(position: number): string {
  return `n${position.toString(36)}`
}

/** @throws MatrixError M_INVALID_PARAM */
export function parseEventId(id: string): number {
  const position = /^n[0-9a-z]{1,10}$/.test(id) ? Number.parseInt(id.slice(1), 36) : Number.NaN
  if (Number.isSafeInteger(position)) return position
  throw new MatrixError('M_INVALID_PARAM', 'That is not the id of an event of this stream')
}

/** HTML, "Server-sent events". JSON has no line breaks. */
export function serverSentEvent(type: string, position: number, data: object): string {
  return `event: ${type}\nid: ${eventId(position)}\ndata: ${JSON.stringify(data)}\n\n`
}
