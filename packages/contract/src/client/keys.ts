import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { anyObject, anything, emptyObject, integer, list, optional, record, text } from '../fields.ts'
import { Type } from '../schema.ts'
import { deviceKeys, namedKeys } from './key-fields.ts'

const source = 'Client-Server API, "End-to-End Encryption"'
const crossSigning = 'Client-Server API, "Cross-signing"'

export const uploadKeys = endpoint({
  id: 'client.keys.upload',
  method: 'POST',
  path: '/_matrix/client/v3/keys/upload',
  surface: 'client',
  access: access.userOrGuest,
  summary: 'Publishes identity, one-time and fallback keys of the device',
  source,
  body: {
    device_keys: optional(deviceKeys),
    one_time_keys: optional(namedKeys),
    fallback_keys: optional(namedKeys),
  },
  maxBodyBytes: 1024 * 1024,
  response: Type.Object({ one_time_key_counts: record(integer()) }),
  errors: ['M_BAD_JSON', 'M_UNKNOWN'],
})

export const queryKeys = endpoint({
  id: 'client.keys.query',
  method: 'POST',
  path: '/_matrix/client/v3/keys/query',
  surface: 'client',
  access: access.userOrGuest,
  summary: 'Identity and cross-signing keys of users',
  source,
  body: {
    device_keys: record(list(text()), { error: "'device_keys' must be a JSON object whose values are lists of strings" }),
    timeout: optional(anything()),
  },
  response: Type.Object({
    device_keys: record(record(anyObject())),
    failures: record(anyObject()),
    master_keys: record(anyObject()),
    self_signing_keys: record(anyObject()),
    user_signing_keys: record(anyObject()),
  }),
  errors: ['M_INVALID_PARAM'],
})

export const claimKeys = endpoint({
  id: 'client.keys.claim',
  method: 'POST',
  path: '/_matrix/client/v3/keys/claim',
  surface: 'client',
  access: access.userOrGuest,
  summary: 'Takes one one-time key of each named device; no key is given out twice',
  source,
  body: { one_time_keys: record(record(text())), timeout: optional(anything()) },
  response: Type.Object({ one_time_keys: record(record(anyObject())), failures: record(anyObject()) }),
  errors: ['M_INVALID_PARAM'],
})

export const getKeyChanges = endpoint({
  id: 'client.keys.changes',
  method: 'GET',
  path: '/_matrix/client/v3/keys/changes',
  surface: 'client',
  access: access.user,
  summary: 'Users whose devices changed since a sync token',
  source,
  query: { from: text(), to: optional(text()) },
  response: Type.Object({ changed: list(text()), left: list(text()) }),
  errors: ['M_UNKNOWN'],
})

export const uploadCrossSigningKeys = endpoint({
  id: 'client.keys.upload_cross_signing',
  method: 'POST',
  path: '/_matrix/client/v3/keys/device_signing/upload',
  surface: 'client',
  access: access.user,
  summary: 'Publishes cross-signing keys; replacing other ones needs user-interactive authentication',
  source: crossSigning,
  body: {
    master_key: optional(anyObject()),
    self_signing_key: optional(anyObject()),
    user_signing_key: optional(anyObject()),
    auth: optional(anything()),
  },
  response: emptyObject,
  errors: ['M_MISSING_PARAM', 'M_INVALID_PARAM', 'M_INVALID_SIGNATURE', 'M_FORBIDDEN'],
})

export const uploadSignatures = endpoint({
  id: 'client.keys.upload_signatures',
  method: 'POST',
  path: '/_matrix/client/v3/keys/signatures/upload',
  surface: 'client',
  access: access.user,
  summary: 'Adds signatures to devices and master keys',
  source: crossSigning,
  body: {},
  response: Type.Object({ failures: record(record(anyObject())) }),
  errors: ['M_INVALID_PARAM'],
})
