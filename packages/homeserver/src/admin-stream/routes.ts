import { contract, MatrixError, type StreamType } from '@glia/contract'
import { mayAdminister, Reply, type Requester, type Route, route } from '@glia/http'
import type { AdminStream, NewsSources } from './admin-stream.ts'

const HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store, no-transform',
  // nginx would collect what should arrive at once
  'x-accel-buffering': 'no',
}

export function adminStreamRoutes({ stream, sources }: { stream: AdminStream; sources: NewsSources }): Route[] {
  return [
    route(contract.glia.stream.openStream, async ({ query, request, requester }) => {
      const wanted = readTypes(query.types)
      const allowed = (who: Requester) => wanted.filter((type) => mayAdminister(who, sources[type].endpoint))
      const header = request.headers['last-event-id']
      const lastEventId = query.from ?? (typeof header === 'string' && header !== '' ? header : undefined)
      if (allowed(requester).length === 0) throw forbidden()
      const allowedKinds = async () => {
        const kinds = allowed(await request.authorizeAgain())
        if (kinds.length === 0) throw forbidden()
        return kinds
      }
      return new Reply(200, HEADERS, await stream.open({ userId: requester.userId, lastEventId, allowedKinds, gone: request.signal }))
    }),
  ]
}

function forbidden(): MatrixError {
  return new MatrixError('M_FORBIDDEN', 'You may not read what you ask for')
}

/** @throws MatrixError M_INVALID_PARAM */
function readTypes(text: string | undefined): readonly StreamType[] {
  const all: readonly string[] = contract.glia.stream.streamTypes
  const types = text === undefined ? all : [...new Set(text.split(','))]
  const unknown = types.find((type) => !all.includes(type))
  if (unknown !== undefined) throw new MatrixError('M_INVALID_PARAM', `There is no type "${unknown}"; there are ${all.join(', ')}`)
  return types as StreamType[]
}
