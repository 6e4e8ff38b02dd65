import { access } from '../access.ts'
import { dryRunQuery, orWould, wouldCounts } from '../dry-run.ts'
import { endpoint } from '../endpoint.ts'
import { anything, emptyObject, integer, list, nullable, optional, pathText, text, timestampMs, userIdParam } from '../fields.ts'
import { Type } from '../schema.ts'

const source = 'Synapse Admin API, "User Admin API": devices'

const device = Type.Object({
  device_id: text(),
  user_id: text(),
  display_name: nullable(text()),
  last_seen_ip: nullable(text()),
  last_seen_user_agent: nullable(text()),
  last_seen_ts: nullable(timestampMs()),
})
const lookedUp = { user_id: userIdParam({ local: 'Can only lookup local users' }) }

export const listDevices = endpoint({
  id: 'admin.devices.list',
  method: 'GET',
  path: '/_synapse/admin/v2/users/{user_id}/devices',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Devices of a user',
  source,
  params: lookedUp,
  response: Type.Object({ devices: list(device), total: integer() }),
  errors: ['M_NOT_FOUND'],
})

export const createDevice = endpoint({
  id: 'admin.devices.create',
  method: 'POST',
  path: '/_synapse/admin/v2/users/{user_id}/devices',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Makes sure that the user has a device with this id',
  source,
  params: { user_id: userIdParam({ local: 'Can only create devices for local users' }) },
  body: { device_id: optional(anything({ description: 'text' })) },
  status: 201,
  errors: ['M_NOT_FOUND', 'M_UNKNOWN'],
})

export const deleteDevices = endpoint({
  id: 'admin.devices.delete_many',
  method: 'POST',
  path: '/_synapse/admin/v2/users/{user_id}/delete_devices',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Deletes several devices and ends their sessions; unknown ones are passed over',
  source,
  params: lookedUp,
  query: dryRunQuery,
  body: { devices: list(text(), { maxItems: 10_000 }) },
  response: orWould(emptyObject, wouldCounts.devices),
  errors: ['M_NOT_FOUND'],
})

export const getDevice = endpoint({
  id: 'admin.devices.get',
  method: 'GET',
  path: '/_synapse/admin/v2/users/{user_id}/devices/{device_id}',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'One device of a user',
  source,
  params: { ...lookedUp, device_id: pathText() },
  response: device,
  errors: ['M_NOT_FOUND'],
})

export const renameDevice = endpoint({
  id: 'admin.devices.update',
  method: 'PUT',
  path: '/_synapse/admin/v2/users/{user_id}/devices/{device_id}',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Renames a device; without a name nothing changes',
  source,
  params: { ...lookedUp, device_id: pathText() },
  optionalBody: { display_name: optional(nullable(text())) },
  errors: ['M_NOT_FOUND', 'M_TOO_LARGE'],
})

export const deleteDevice = endpoint({
  id: 'admin.devices.delete',
  method: 'DELETE',
  path: '/_synapse/admin/v2/users/{user_id}/devices/{device_id}',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Deletes one device and ends its session',
  source,
  params: { ...lookedUp, device_id: pathText() },
  query: dryRunQuery,
  response: orWould(emptyObject, wouldCounts.devices),
  errors: ['M_NOT_FOUND'],
})
