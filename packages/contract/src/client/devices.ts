import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { list, nullable, optional, pathText, text, timestampMs } from '../fields.ts'
import { Type } from '../schema.ts'
import { interactiveAuthField } from './login.ts'

const source = 'Client-Server API, "Device Management"'

const device = Type.Object({
  user_id: text(),
  device_id: text(),
  display_name: nullable(text()),
  last_seen_ip: nullable(text()),
  last_seen_ts: nullable(timestampMs()),
})

export const listDevices = endpoint({
  id: 'client.devices.list',
  method: 'GET',
  path: '/_matrix/client/v3/devices',
  surface: 'client',
  access: access.userOrGuest,
  summary: 'The own devices',
  source,
  response: Type.Object({ devices: list(device) }),
})

export const getDevice = endpoint({
  id: 'client.devices.get',
  method: 'GET',
  path: '/_matrix/client/v3/devices/{device_id}',
  surface: 'client',
  access: access.userOrGuest,
  summary: 'One of the own devices',
  source,
  params: { device_id: pathText() },
  response: device,
  errors: ['M_NOT_FOUND'],
})

export const renameDevice = endpoint({
  id: 'client.devices.update',
  method: 'PUT',
  path: '/_matrix/client/v3/devices/{device_id}',
  surface: 'client',
  access: access.userOrGuest,
  summary: 'Renames one of the own devices; application services make it if it is new',
  source,
  params: { device_id: pathText() },
  body: { display_name: optional(nullable(text())) },
  errors: ['M_NOT_FOUND', 'M_TOO_LARGE', 'M_INVALID_PARAM'],
})

export const deleteDevice = endpoint({
  id: 'client.devices.delete',
  method: 'DELETE',
  path: '/_matrix/client/v3/devices/{device_id}',
  surface: 'client',
  access: access.user,
  summary: 'Deletes one of the own devices and ends its session',
  source,
  params: { device_id: pathText() },
  optionalBody: { auth: interactiveAuthField },
  errors: ['M_UNRECOGNIZED', 'M_FORBIDDEN'],
})

export const deleteDevices = endpoint({
  id: 'client.devices.delete_many',
  method: 'POST',
  path: '/_matrix/client/v3/delete_devices',
  surface: 'client',
  access: access.user,
  summary: 'Deletes several of the own devices and ends their sessions',
  source,
  body: { devices: list(text(), { maxItems: 10_000 }), auth: interactiveAuthField },
  errors: ['M_UNRECOGNIZED', 'M_FORBIDDEN'],
})
