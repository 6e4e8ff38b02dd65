import { type BodyOf, contract } from '@glia/contract'
import { type Requester, type Route, route } from '@glia/http'
import type { JsonObject } from '@glia/protocol'
import type { ServerNotices } from './server-notices.ts'

/** Synapse Admin API, "Server Notices". */
export function serverNoticeRoutes({ serverNotices }: { serverNotices: ServerNotices }): Route[] {
  const endpoints = contract.admin.serverNotices
  const send = async (requester: Requester, body: BodyOf<typeof endpoints.sendServerNotice>, transactionId?: string) => ({
    event_id: await serverNotices.send(requester, {
      userId: body.user_id,
      type: body.type,
      stateKey: body.state_key ?? undefined,
      content: body.content as JsonObject,
      transactionId,
    }),
  })
  return [
    route(endpoints.sendServerNotice, ({ body, requester }) => send(requester, body)),
    route(endpoints.sendServerNoticeOnce, ({ params, body, requester }) => send(requester, body, params.txn_id)),
  ]
}
