import { section } from '../section.ts'
import { type Setting, setting, type ValuesOf } from '../setting.ts'
import { boolean, duration, optional } from '../types.ts'

export const pushFields = {
  push: setting(
    section({
      enabled: setting(boolean, { default: true, doc: 'Send notifications to push gateways.' }),
      include_content: setting(boolean, {
        default: true,
        doc: 'Send the content of events along. Off: clients are told of the event and fetch it themselves. Encrypted content is sent as it is.',
      }),
      group_unread_count_by_room: setting(boolean, {
        default: true,
        doc: 'Count rooms with unread messages for the number on the icon of an app, instead of messages.',
      }),
      jitter_delay: setting(optional(duration), {
        doc: 'Send each notification after a random time of up to this long, so that its time says less about who wrote when.',
      }),
    }),
    { default: {}, doc: 'Push notifications.' },
  ),
} satisfies Record<string, Setting<unknown>>

export interface PushConfig {
  readonly enabled: boolean
  readonly includeContent: boolean
  readonly groupUnreadCountByRoom: boolean
  readonly jitterMs: number
}

export function pushConfig({ push }: ValuesOf<typeof pushFields>): PushConfig {
  return {
    enabled: push.enabled,
    includeContent: push.include_content,
    groupUnreadCountByRoom: push.group_unread_count_by_room,
    jitterMs: push.jitter_delay ?? 0,
  }
}
