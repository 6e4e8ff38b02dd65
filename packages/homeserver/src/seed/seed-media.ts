import { makeMxcUri } from '@glia/protocol'
import { chunksOf } from '../chunks.ts'
import { insertMediaRecords, quarantine } from '../media/index.ts'
import type { Chance } from './chance.ts'
import { HISTORY_MS, type SeedDeps, type SeedOptions } from './seed-deps.ts'
import { type SeedUser, usersAt } from './seed-users.ts'
import { mediaTypes } from './words.ts'

const QUARANTINED_SHARE = 0.002

/** Ids of the media, and as many addresses as avatars are wanted: the first ones. */
export function planMedia({ serverName }: SeedDeps, options: SeedOptions, chance: Chance): { ids: string[]; avatars: string[] } {
  const ids = Array.from({ length: options.media }, () => chance.text(24, 'letters'))
  const avatars = ids.slice(0, Math.floor(Math.min(options.users, options.media) * 0.4))
  return { ids, avatars: avatars.map((id) => makeMxcUri(serverName, id)) }
}

/** Writes what is known of the media. The bytes are not there. */
export async function writeMedia(
  deps: SeedDeps,
  options: SeedOptions,
  { users, ids, avatars }: { users: readonly SeedUser[]; ids: readonly string[]; avatars: number },
  chance: Chance,
): Promise<void> {
  let hash = ''
  let created = options.untilMs - HISTORY_MS
  const rows = ids.map((media_id, index) => {
    created += Math.floor(HISTORY_MS / ids.length)
    const owner = index < avatars ? users[index]! : users[chance.low(usersAt(options, created))]!
    const createdAtMs = index < avatars ? owner.createdAtMs : created
    if (hash === '' || chance.is(0.95)) hash = chance.bytes(32).toString('hex')
    const [media_type, suffix] = index < avatars ? mediaTypes[0] : chance.pick(mediaTypes)
    return {
      media_id,
      user_id: owner.userId,
      media_type,
      size: 1000 + Math.floor(Math.exp(chance.share() * 10) * 1500),
      upload_name: chance.is(0.8) ? `${chance.text(6, 'letters')}.${suffix}` : null,
      sha256: hash,
      file_key: `${hash}.seed`,
      created_at_ms: createdAtMs,
      last_access_ms: chance.is(0.7) ? Math.floor(createdAtMs + chance.share() * (options.untilMs - createdAtMs)) : null,
      unused_expires_at_ms: null,
      quarantined_by: null,
      safe_from_quarantine: chance.is(0.002) ? 1 : 0,
      authenticated: 1,
    }
  })
  for (const some of chunksOf(rows)) await deps.database.transaction((tx) => insertMediaRecords(tx, some))
  const bad = ids.slice(avatars).filter(() => chance.is(QUARANTINED_SHARE))
  await quarantine(deps, bad, users[0]!.userId)
}
