import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { anyObject, nullable, optional, pathText, text } from '../fields.ts'
import { Type } from '../schema.ts'

const source = 'Synapse Admin API, "Server Notices"'
const body = {
  user_id: text({ errcode: 'M_INVALID_PARAM', error: "Expected UserID string to start with '@'" }),
  content: anyObject({ errcode: 'M_UNKNOWN', error: "'body' not in content" }),
  type: text({ default: 'm.room.message', errcode: 'M_UNKNOWN', error: "Not 'type' a string type" }),
  state_key: optional(
    nullable(text(), { description: 'makes it a state event', errcode: 'M_UNKNOWN', error: "Not 'state_key' a string type" }),
  ),
}
const response = Type.Object({ event_id: text() })
const errors = ['M_UNKNOWN', 'M_NOT_FOUND', 'M_INVALID_PARAM', 'M_TOO_LARGE', 'M_BAD_JSON', 'M_FORBIDDEN'] as const

export const sendServerNotice = endpoint({
  id: 'admin.server_notices.send',
  method: 'POST',
  path: '/_synapse/admin/v1/send_server_notice',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Tell a user something in the name of the server',
  source,
  body,
  canonicalNumbers: true,
  response,
  errors,
})

export const sendServerNoticeOnce = endpoint({
  id: 'admin.server_notices.send_txn',
  method: 'PUT',
  path: '/_synapse/admin/v1/send_server_notice/{txn_id}',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Tell a user something in the name of the server, once for each transaction id',
  source,
  params: { txn_id: pathText() },
  body,
  canonicalNumbers: true,
  response,
  errors,
})
