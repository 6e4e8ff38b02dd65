import { flag, integer, list, optional, text, timestampMs } from '../fields.ts'

const count = (description?: string) => optional(integer({ minimum: 0, ...(description === undefined ? {} : { description }) }))

/** What rooms are chosen by, in lists and for bulk work; all that is given must hold. */
export const roomSelection = {
  search: optional(text({ description: 'part of the name or of the alias, or a whole room id' })),
  empty: optional(flag({ description: 'whether nobody is joined' })),
  local_members: optional(flag({ description: 'whether a local user is joined' })),
  replaced: optional(flag({ description: 'whether the room was replaced by another (tombstone)' })),
  encrypted: optional(flag()),
  public: optional(flag({ description: 'whether the room directory lists it' })),
  blocked: optional(flag()),
  version: optional(text()),
  type: optional(text({ description: '`m.space`, another type, or `none`' })),
  creator: optional(text({ description: 'user id' })),
  members_min: count('joined members'),
  members_max: count(),
  state_events_min: count('events of the current state'),
  state_events_max: count(),
  created_before: optional(timestampMs()),
  created_after: optional(timestampMs()),
  active_before: optional(timestampMs({ description: 'the newest event came in before that; exact to the hour' })),
  active_after: optional(timestampMs()),
}

/** Rooms by name, instead of or beside the other conditions. */
export const roomIds = optional(list(text(), { maxItems: 10_000, description: 'only these' }))
