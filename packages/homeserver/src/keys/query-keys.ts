import type { Reads } from '@glia/database'
import type { JsonObject, UserId } from '@glia/protocol'
import { isJsonObject } from '@glia/protocol'
import { chunksOf } from '../chunks.ts'
import type { HomeserverSchema } from '../schema.ts'
import type { SignatureMap } from './key-json.ts'

/** Keys in their wire form. */
export interface QueriedKeys {
  /** Has every user asked for, with `{}` where there is nothing: clients ask again at once for one that is missing. */
  deviceKeys: { [userId: string]: { [deviceId: string]: JsonObject } }
  masterKeys: { [userId: string]: JsonObject }
  selfSigningKeys: { [userId: string]: JsonObject }
  /** Only the asker's own. */
  userSigningKeys: { [userId: string]: JsonObject }
}

/**
 * Identity and cross-signing keys of local users, with the signatures that their owners and the asker made.
 * @param wanted user → device ids, none for all
 */
export async function queryKeys(
  db: Reads<HomeserverSchema>,
  asker: UserId,
  wanted: ReadonlyMap<UserId, readonly string[]>,
): Promise<QueriedKeys> {
  const answer: QueriedKeys = { deviceKeys: {}, masterKeys: {}, selfSigningKeys: {}, userSigningKeys: {} }
  for (const chunk of chunksOf([...wanted.keys()])) {
    const signatures = await addedSignatures(db, asker, chunk)
    const devices = new Map(chunk.map((userId) => [userId as string, [] as [string, JsonObject][]]))
    for (const { user_id, device_id, json, display_name } of await deviceKeyRows(db, chunk)) {
      const only = wanted.get(user_id as UserId)!
      if (only.length > 0 && !only.includes(device_id)) continue
      const keys = withSignatures(json, user_id, asker, signatures.get(`${user_id} ${device_id}`))
      keys.unsigned = display_name === null ? {} : { device_display_name: display_name }
      devices.get(user_id)!.push([device_id, keys])
    }
    for (const [userId, entries] of devices) answer.deviceKeys[userId] = Object.fromEntries(entries)
    const crossSigning = await db.selectFrom('cross_signing_keys').selectAll().where('user_id', 'in', chunk).execute()
    for (const { user_id, usage, public_key, json } of crossSigning) {
      const key = withSignatures(json, user_id, asker, signatures.get(`${user_id} ${public_key}`))
      if (usage === 'master') answer.masterKeys[user_id] = key
      else if (usage === 'self_signing') answer.selfSigningKeys[user_id] = key
      else if (user_id === asker) answer.userSigningKeys[user_id] = key
    }
  }
  return answer
}

function deviceKeyRows(db: Reads<HomeserverSchema>, userIds: readonly UserId[]) {
  return db
    .selectFrom('device_keys')
    .leftJoin('devices', (join) =>
      join.onRef('devices.user_id', '=', 'device_keys.user_id').onRef('devices.device_id', '=', 'device_keys.device_id'),
    )
    .select(['device_keys.user_id', 'device_keys.device_id', 'device_keys.json', 'devices.display_name'])
    .where('device_keys.user_id', 'in', userIds)
    .orderBy('device_keys.user_id')
    .orderBy('device_keys.device_id')
    .execute()
}

/** Signatures added to keys of these users by themselves or by the asker; by `user id`, space, device id or public key. */
async function addedSignatures(db: Reads<HomeserverSchema>, asker: UserId, userIds: readonly UserId[]): Promise<Map<string, SignatureMap>> {
  const rows = await db
    .selectFrom('key_signatures')
    .selectAll()
    .where('target_user_id', 'in', userIds)
    .where((is) => is.or([is('signer_user_id', '=', asker), is('signer_user_id', '=', is.ref('target_user_id'))]))
    .execute()
  const added = new Map<string, SignatureMap>()
  for (const { target_user_id, target_id, signer_user_id, signing_key_id, signature } of rows) {
    const name = `${target_user_id} ${target_id}`
    const map = added.get(name) ?? {}
    added.set(name, map)
    map[signer_user_id] = { ...map[signer_user_id], [signing_key_id]: signature }
  }
  return added
}

function withSignatures(json: string, owner: string, asker: UserId, added: SignatureMap | undefined): JsonObject {
  const keys = JSON.parse(json) as JsonObject
  const uploaded = isJsonObject(keys.signatures) ? keys.signatures : {}
  const signatures: JsonObject = {}
  for (const signer of new Set([owner, asker])) {
    const own = isJsonObject(uploaded[signer]) ? uploaded[signer] : {}
    const all = { ...own, ...added?.[signer] }
    if (Object.keys(all).length > 0) signatures[signer] = all
  }
  return { ...keys, signatures }
}
