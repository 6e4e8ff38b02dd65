import { section } from '../section.ts'
import { type Setting, type SettingType, setting, type ValuesOf } from '../setting.ts'
import { boolean } from '../types.ts'

const enabled: SettingType<boolean> = {
  label: 'true, false or untracked',
  // untracked: Synapse leaves presence to modules, and Glia has none
  read: (node, key, reading) => (node.value === 'untracked' ? false : boolean.read(node, key, reading)),
}

export const presenceFields = {
  presence: setting(
    section(
      {
        enabled: setting(enabled, {
          default: true,
          doc: 'Tell users who of those they share rooms with is online. Off: everybody is offline.',
        }),
        include_offline_users_on_sync: setting(boolean, {
          default: false,
          doc: 'Tell clients that sync for the first time who is offline, too.',
        }),
      },
      { presence_router: 'there are no modules' },
    ),
    { default: {}, doc: 'Who is online.' },
  ),
} satisfies Record<string, Setting<unknown>>

export interface PresenceConfig {
  readonly enabled: boolean
  readonly includeOfflineOnSync: boolean
}

export function presenceConfig({ presence }: ValuesOf<typeof presenceFields>): PresenceConfig {
  return { enabled: presence.enabled, includeOfflineOnSync: presence.include_offline_users_on_sync }
}
