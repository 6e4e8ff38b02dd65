import { section } from '../section.ts'
import { type Setting, setting, type ValuesOf } from '../setting.ts'
import { boolean, optional, text } from '../types.ts'

export const serverNoticeFields = {
  server_notices: setting(
    optional(
      section({
        system_mxid_localpart: setting(text, {
          default: 'notices',
          doc: 'In whose name the server speaks: the part of the user id after the `@`.',
        }),
        system_mxid_display_name: setting(optional(text), { doc: 'The display name of that user.' }),
        system_mxid_avatar_url: setting(optional(text), { doc: 'The avatar of that user, an `mxc://` URI.' }),
        room_name: setting(text, { default: 'Server Notices', doc: 'The name of the rooms in which the server speaks to users.' }),
        room_topic: setting(optional(text), { doc: 'Their topic.' }),
        room_avatar_url: setting(optional(text), { doc: 'Their avatar, an `mxc://` URI.' }),
        auto_join: setting(boolean, { default: false, doc: 'Users find themselves in the room and need not accept an invite.' }),
      }),
    ),
    { doc: 'Lets admins send notices to users in the name of the server. Not set: there are none.' },
  ),
} satisfies Record<string, Setting<unknown>>

export interface ServerNoticesConfig {
  readonly localpart: string
  readonly displayName: string | undefined
  readonly avatarUrl: string | undefined
  readonly roomName: string
  readonly roomTopic: string | undefined
  readonly roomAvatarUrl: string | undefined
  readonly autoJoin: boolean
}

/** Undefined: there are no server notices. */
export function serverNoticesConfig({ server_notices: values }: ValuesOf<typeof serverNoticeFields>): ServerNoticesConfig | undefined {
  if (values === null) return undefined
  return {
    localpart: values.system_mxid_localpart,
    displayName: values.system_mxid_display_name ?? undefined,
    avatarUrl: values.system_mxid_avatar_url ?? undefined,
    roomName: values.room_name,
    roomTopic: values.room_topic ?? undefined,
    roomAvatarUrl: values.room_avatar_url ?? undefined,
    autoJoin: values.auto_join,
  }
}
