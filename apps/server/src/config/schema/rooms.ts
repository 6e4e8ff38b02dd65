import { stableRoomVersions } from '@glia/protocol'
import { type Setting, setting, type ValuesOf } from '../setting.ts'
import { boolean, checked, duration, optional, textOrInteger } from '../types.ts'
import { type ServerNoticesConfig, serverNoticeFields, serverNoticesConfig } from './server-notices.ts'

const CREATABLE: readonly string[] = stableRoomVersions.map((version) => version.id)

export const roomsFields = {
  default_room_version: setting(
    checked(textOrInteger, (version) =>
      CREATABLE.includes(version) ? undefined : `must be one of the room versions ${CREATABLE.join(', ')}`,
    ),
    { default: '11', doc: 'Version of new rooms, unless the client names one.' },
  ),
  enable_room_list_search: setting(boolean, {
    default: true,
    doc: 'Let users search the list of public rooms. Off: the list is empty for everybody.',
  }),
  enable_search: setting(boolean, {
    default: true,
    doc: 'Let users search messages, room names and topics. Off: nothing is indexed; what is sent meanwhile is not found later.',
  }),
  max_event_delay_duration: setting(optional(duration), {
    doc: 'For how long users may delay events (MSC4140), with which calls notice that somebody is gone. Not set: not at all.',
  }),
  block_non_admin_invites: setting(boolean, { default: false, doc: 'Only server admins may invite.' }),
  ...serverNoticeFields,
} satisfies Record<string, Setting<unknown>>

export interface RoomsConfig {
  readonly defaultVersion: string
  readonly listSearchEnabled: boolean
  readonly searchEnabled: boolean
  readonly blockNonAdminInvites: boolean
  /** Null: nothing may be delayed. */
  readonly maxEventDelayMs: number | null
  /** Undefined: there are none. */
  readonly serverNotices: ServerNoticesConfig | undefined
}

export function roomsConfig(values: ValuesOf<typeof roomsFields>): RoomsConfig {
  return {
    defaultVersion: values.default_room_version,
    listSearchEnabled: values.enable_room_list_search,
    searchEnabled: values.enable_search,
    blockNonAdminInvites: values.block_non_admin_invites,
    maxEventDelayMs: values.max_event_delay_duration,
    serverNotices: serverNoticesConfig(values),
  }
}
