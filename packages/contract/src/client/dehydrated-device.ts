import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { anyObject, integer, list, nullable, optional, pathText, text } from '../fields.ts'
import { Type } from '../schema.ts'
import { deviceKeys, namedKeys } from './key-fields.ts'

const base = '/_matrix/client/unstable/org.matrix.msc3814.v1/dehydrated_device'
const source = 'MSC3814'
const named = Type.Object({ device_id: text() })
/** What else is in it only clients know: the device itself, encrypted. */
const deviceData = Type.Object({ algorithm: text() })
const events = list(Type.Object({ type: text(), sender: text(), content: anyObject() }))

export const putDehydratedDevice = endpoint({
  id: 'client.dehydrated_device.put',
  method: 'PUT',
  path: base,
  surface: 'client',
  access: access.user,
  summary: "Stores the caller's dehydrated device with its keys, in place of the one before",
  source,
  body: {
    device_id: text(),
    device_data: deviceData,
    device_keys: optional(deviceKeys),
    one_time_keys: optional(nullable(namedKeys)),
    fallback_keys: optional(nullable(namedKeys)),
    initial_device_display_name: optional(nullable(text())),
  },
  maxBodyBytes: 1024 * 1024,
  response: named,
  errors: ['M_BAD_JSON', 'M_INVALID_PARAM', 'M_TOO_LARGE', 'M_UNKNOWN'],
})

export const getDehydratedDevice = endpoint({
  id: 'client.dehydrated_device.get',
  method: 'GET',
  path: base,
  surface: 'client',
  access: access.user,
  summary: "The caller's dehydrated device",
  source,
  response: Type.Object({ device_id: text(), device_data: deviceData }),
  errors: ['M_NOT_FOUND'],
})

export const deleteDehydratedDevice = endpoint({
  id: 'client.dehydrated_device.delete',
  method: 'DELETE',
  path: base,
  surface: 'client',
  access: access.user,
  summary: "Deletes the caller's dehydrated device with its keys and messages",
  source,
  response: named,
  errors: ['M_NOT_FOUND'],
})

const params = { deviceId: pathText() }
const errors = ['M_FORBIDDEN', 'M_INVALID_PARAM'] as const

export const getDehydratedDeviceEvents = endpoint({
  id: 'client.dehydrated_device.get_events',
  method: 'GET',
  path: `${base}/{deviceId}/events`,
  surface: 'client',
  access: access.user,
  summary: 'Messages that wait for the dehydrated device; without next_batch there are no more',
  source,
  params,
  query: { from: optional(text()), limit: optional(integer({ minimum: 0, description: 'default 100' })) },
  response: Type.Object({ events, next_batch: optional(text()) }),
  errors,
})

export const postDehydratedDeviceEvents = endpoint({
  id: 'client.dehydrated_device.post_events',
  method: 'POST',
  path: `${base}/{deviceId}/events`,
  surface: 'client',
  access: access.user,
  summary: 'The same as clients asked for it before; no events, no more of them',
  source,
  params,
  body: { next_batch: optional(nullable(text())) },
  response: Type.Object({ events, next_batch: text() }),
  errors,
  deprecated: true,
})
