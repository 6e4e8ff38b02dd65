import { flag, integer, list, optional, text, timestampMs } from '../fields.ts'

/** What media of our own users is chosen by, in lists and for bulk work; all that is given must hold. */
export const mediaSelection = {
  owner: optional(text({ description: 'user id of the uploader' })),
  type: optional(text({ description: 'begin of the media type: `image/`' })),
  size_min: optional(integer({ minimum: 0, description: 'bytes' })),
  size_max: optional(integer({ minimum: 0 })),
  created_before: optional(timestampMs()),
  created_after: optional(timestampMs()),
  accessed_before: optional(timestampMs({ description: 'last looked at, or uploaded and never looked at, before that' })),
  accessed_after: optional(timestampMs()),
  quarantined: optional(flag()),
  protected: optional(flag({ description: 'from quarantine' })),
  sha256: optional(text({ description: 'of the content, hexadecimal' })),
}

/** Media by name, instead of or beside the other conditions. */
export const mediaIds = optional(list(text(), { maxItems: 10_000, description: 'only these' }))
