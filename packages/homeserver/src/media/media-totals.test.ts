import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MatrixError } from '@glia/contract'
import { silentLogger } from '@glia/platform'
import { makeUserId, type ServerName, type UserId } from '@glia/protocol'
import { FakeClock, onBothDatabases, openTestDatabase, seededRandom, type TestDatabase } from '@glia/testing'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { homeserverMigrations } from '../../migrations/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import { SignalBus } from '../signals.ts'
import { addTestUser } from '../users/user-fixture.ts'
import { FolderMediaStore } from './folder-media-store.ts'
import { createMedia } from './media.ts'
import { MediaStatistics } from './media-statistics.ts'

const HOUR_MS = 3600_000
const STEPS = 150

onBothDatabases('what the files of users add up to', (dialect) => {
  let place: TestDatabase<HomeserverSchema>
  let folder: string
  beforeAll(async () => {
    place = await openTestDatabase<HomeserverSchema>(dialect, homeserverMigrations)
    folder = await mkdtemp(join(tmpdir(), 'media-totals-'))
  })
  afterAll(async () => {
    await place.remove()
    await rm(folder, { recursive: true })
  })

  test('the kept totals are the sums of the files after every step of a random walk', async () => {
    const { database } = place
    const clock = new FakeClock()
    const random = seededRandom('media totals')
    const media = createMedia({
      database,
      store: new FolderMediaStore(folder, { clock, random, isShared: false }),
      signals: new SignalBus(),
      clock,
      random,
      logger: silentLogger,
      settings: {
        authenticated: true,
        maxUploadSizeBytes: 1000,
        maxImagePixels: 1000,
        dynamicThumbnails: false,
        thumbnailSizes: [],
        unusedExpirationMs: HOUR_MS,
        maxPendingUploads: 3,
        uploadLimits: { perPeriod: [], quotaBytes: null, infoUri: () => '' },
        createLimit: { perSecond: 1000, burstCount: 1000 },
      },
    })
    const users = ['ada', 'ben', 'cleo', 'dan'].map((name) => makeUserId(name, 'glia.test' as ServerName))
    for (const userId of users) await addTestUser(database, userId)
    const file = () => {
      const bytes = random.bytes(1 + random.integer(3) * 400)
      // every now and then equal content, and content that is too large
      const content = random.integer(3) === 0 ? [Buffer.from('again')] : random.integer(8) === 0 ? [bytes, Buffer.alloc(1000)] : [bytes]
      return { content: asAsync(content), announcedSize: undefined, type: 'text/plain', name: null }
    }
    const ids: string[] = []
    const pick = <T>(items: readonly T[]): T => items[random.integer(items.length)]!
    const statistics = new MediaStatistics(database, () => clock.nowMs())
    const steps = [
      async () => ids.push(await media.upload(pick(users), file())),
      async () => ids.push((await media.reserve(pick(users), { isLimited: false })).mediaId),
      async () => {
        const reserved = await database.read.selectFrom('local_media').select(['media_id', 'user_id']).where('size', 'is', null).execute()
        const { media_id: mediaId, user_id: userId } = pick(reserved) ?? { media_id: 'none', user_id: users[0]! }
        // twice at once: one of them comes too late
        const both = [file(), file()].map((one) => media.uploadReserved({ userId: userId as UserId, mediaId }, one))
        await Promise.all((await Promise.allSettled(both)).flatMap((one) => (one.status === 'rejected' ? [expectRefusal(one.reason)] : [])))
      },
      async () => {
        const some = ids.splice(random.integer(ids.length + 1), 1 + random.integer(6))
        await Promise.all([media.delete([...some, 'unknown']), media.delete(some)])
      },
      async () => {
        clock.advance(HOUR_MS / 2)
        await media.start()
        await media.stop()
      },
    ]
    for (let step = 0; step < STEPS; step++) {
      await Promise.resolve(pick(steps)()).catch(expectRefusal)
      const sums = await sql`SELECT user_id, COUNT(*) AS media_count, SUM(COALESCE(size, 0)) AS media_bytes FROM local_media
        GROUP BY user_id ORDER BY user_id`.execute(database.read as never)
      const totals = await database.read.selectFrom('user_media_totals').selectAll().orderBy('user_id').execute()
      expect(totals).toEqual(sums.rows)
      expect(await database.read.selectFrom('media_uploaders').select('uploaders').execute()).toEqual([{ uploaders: totals.length }])
    }
    const all = { from: 0, limit: 10, orderBy: 'user_id', descending: false, untilMs: undefined, searchTerm: undefined } as const
    const kept = await statistics.read({ ...all, fromMs: 0 })
    expect(kept.total).toBeGreaterThan(1)
    expect(await statistics.read({ ...all, fromMs: 1 })).toEqual(kept)
  })
})

function expectRefusal(error: unknown): void {
  expect(error).toBeInstanceOf(MatrixError)
}

async function* asAsync(parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* parts
}
