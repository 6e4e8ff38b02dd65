import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { anyObject, emptyObject, pathText, record } from '../fields.ts'

export const sendToDevice = endpoint({
  id: 'client.to_device.send',
  method: 'PUT',
  path: '/_matrix/client/v3/sendToDevice/{eventType}/{txnId}',
  surface: 'client',
  access: access.userOrGuest,
  summary: 'Sends messages to devices, outside of rooms; the device "*" stands for all of a user',
  source: 'Client-Server API, "Send-to-Device messaging"',
  params: { eventType: pathText(), txnId: pathText() },
  body: { messages: record(record(anyObject())) },
  maxBodyBytes: 4 * 1024 * 1024,
  response: emptyObject,
  errors: ['M_INVALID_PARAM', 'M_TOO_LARGE'],
})
