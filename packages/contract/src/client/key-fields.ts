import { anyObject, list, record, text } from '../fields.ts'
import { Type } from '../schema.ts'

/** The identity keys of a device, signed by itself. */
export const deviceKeys = Type.Object({
  user_id: text(),
  device_id: text(),
  algorithms: list(text()),
  keys: record(text()),
  signatures: record(record(text())),
})

/** One-time or fallback keys by `algorithm:id`. */
export const namedKeys = record(Type.Union([text(), anyObject()]))
