import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { emptyObject, list, optional, text } from '../fields.ts'

const source = 'Synapse, what MAS calls (`/_synapse/mas/`)'
const localpart = text({ description: 'of a user of this server' })
const common = { method: 'POST', surface: 'admin', access: access.sharedSecret, source } as const

export const upsertDevice = endpoint({
  ...common,
  id: 'provisioning.devices.upsert',
  path: '/_synapse/mas/upsert_device',
  summary: 'Makes a device (201), or leaves it as it is (200)',
  body: { localpart, device_id: text(), display_name: optional(text()) },
  response: emptyObject,
  errors: ['M_NOT_FOUND', 'M_INVALID_PARAM'],
})

export const renameDevice = endpoint({
  ...common,
  id: 'provisioning.devices.rename',
  path: '/_synapse/mas/update_device_display_name',
  summary: 'Names a device',
  body: { localpart, device_id: text(), display_name: text() },
  response: emptyObject,
  errors: ['M_NOT_FOUND', 'M_TOO_LARGE'],
})

export const deleteDevice = endpoint({
  ...common,
  id: 'provisioning.devices.delete',
  path: '/_synapse/mas/delete_device',
  summary: 'Removes a device; an unknown one is passed over',
  status: 204,
  body: { localpart, device_id: text() },
  response: emptyObject,
  errors: ['M_NOT_FOUND'],
})

export const syncDevices = endpoint({
  ...common,
  id: 'provisioning.devices.sync',
  path: '/_synapse/mas/sync_devices',
  summary: 'These are the devices of the user: makes what is missing, removes the others, never the dehydrated one',
  body: { localpart, devices: list(text()) },
  response: emptyObject,
  errors: ['M_NOT_FOUND', 'M_INVALID_PARAM'],
})
