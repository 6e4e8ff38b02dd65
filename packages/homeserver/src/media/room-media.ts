import type { Reads } from '@glia/database'
import { parseMxcUri } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'

const EVENTS_PER_READ = 500

/**
 * The mxc URIs in `content.url` and `content.info.thumbnail_url` of a room's unencrypted events, newest event first; may hold duplicates.
 * Encrypted files and avatars of members are not seen (Synapse Admin API, "List all media in a room").
 */
export async function readRoomMedia(
  reads: Reads<HomeserverSchema>,
  roomId: string,
  serverName: string,
): Promise<{ local: string[]; remote: string[] }> {
  const local: string[] = []
  const remote: string[] = []
  for await (const uri of urisOf(reads, roomId)) {
    const parsed = parseMxcUri(uri)
    if (parsed) (parsed.serverName === serverName ? local : remote).push(uri)
  }
  return { local, remote }
}

async function* urisOf(reads: Reads<HomeserverSchema>, roomId: string): AsyncGenerator<string> {
  for (let before = Number.MAX_SAFE_INTEGER; ; ) {
    const events = await reads
      .selectFrom('events')
      .select(['position', 'json'])
      .where('room_id', '=', roomId)
      .where('contains_url', '=', 1)
      .where('position', '<', before)
      .orderBy('position', 'desc')
      .limit(EVENTS_PER_READ)
      .execute()
    for (const { json } of events) yield* urisIn(JSON.parse(json))
    if (events.length < EVENTS_PER_READ) return
    before = events.at(-1)!.position
  }
}

function* urisIn(event: { content?: { url?: unknown; info?: { thumbnail_url?: unknown } } }): Generator<string> {
  const { url, info } = event.content ?? {}
  if (typeof url === 'string') yield url
  if (typeof info?.thumbnail_url === 'string') yield info.thumbnail_url
}
