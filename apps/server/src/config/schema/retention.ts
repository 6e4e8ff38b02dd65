import type { RetentionSettings } from '@glia/homeserver'
import { section } from '../section.ts'
import { type Setting, setting, type ValuesOf } from '../setting.ts'
import { boolean, duration, listOf, optional } from '../types.ts'

const DAY_MS = 24 * 3600_000

const lifetime = (doc: string) => setting(optional(duration), { doc })

export const retentionFields = {
  media_retention: setting(
    section({
      local_media_lifetime: lifetime(
        'Files of users of this server that nobody looked at for so long are deleted. Not set: they are kept.',
      ),
      remote_media_lifetime: lifetime('The same for copies of files of other servers, of which Glia keeps none.'),
    }),
    { default: {}, doc: 'How long files are kept (docs/retention.md).' },
  ),
  retention: setting(
    section({
      enabled: setting(boolean, { default: false, doc: 'Delete old messages.' }),
      default_policy: setting(
        section({
          min_lifetime: lifetime('Without effect, as in Synapse.'),
          max_lifetime: lifetime('How long messages are kept. Not set: for ever.'),
        }),
        { default: {}, doc: 'Of rooms without `m.room.retention`.' },
      ),
      allowed_lifetime_min: lifetime('Messages are kept at least for so long, whatever a room says.'),
      allowed_lifetime_max: lifetime('Messages are kept at most for so long, whatever a room says.'),
      purge_jobs: setting(
        listOf(
          section({
            interval: setting(duration, { doc: 'How often it runs.' }),
            shortest_max_lifetime: lifetime('It looks after rooms that keep messages longer than that.'),
            longest_max_lifetime: lifetime('It looks after rooms that keep messages for so long at most.'),
          }),
          'a list of maps with interval',
        ),
        { default: [], doc: 'When messages are deleted, and in which rooms. Empty: once a day, in all.' },
      ),
    }),
    { default: {}, doc: 'How long messages are kept (docs/retention.md).' },
  ),
} satisfies Record<string, Setting<unknown>>

export interface RetentionConfig {
  /** Null: for ever. */
  readonly localMediaMs: number | null
  /** Null: messages are kept for ever. */
  readonly messages: RetentionSettings | null
}

export function retentionConfig(values: ValuesOf<typeof retentionFields>, refuse: (key: string, message: string) => void): RetentionConfig {
  const { enabled, default_policy: policy, allowed_lifetime_min: min, allowed_lifetime_max: max, purge_jobs: given } = values.retention
  if (min !== null && max !== null && min > max) refuse('retention.allowed_lifetime_min', 'must not be longer than allowed_lifetime_max')
  const jobs = given.map(({ interval, shortest_max_lifetime: shorterMs, longest_max_lifetime: longestMs }, index) => {
    const key = `retention.purge_jobs.${index}`
    if (interval === 0) refuse(key, 'interval must not be 0')
    if (shorterMs !== null && longestMs !== null && shorterMs >= longestMs)
      refuse(key, 'shortest_max_lifetime must be shorter than longest_max_lifetime')
    return { everyMs: interval, shorterMs, longestMs }
  })
  const settings = {
    defaultMaxMs: policy.max_lifetime,
    allowedMinMs: min,
    allowedMaxMs: max,
    jobs: jobs.length > 0 ? jobs : [{ everyMs: DAY_MS, shorterMs: null, longestMs: null }],
  }
  return { localMediaMs: values.media_retention.local_media_lifetime, messages: enabled ? settings : null }
}
