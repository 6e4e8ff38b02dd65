import { emptyDatabase, onBothDatabases, openTestDatabase, type TestDatabase } from '@glia/testing'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isUniqueViolation } from './dialect/expressions.ts'
import { type Migration, migrate } from './migrate.ts'
import { openDatabase } from './open-database.ts'

interface Schema {
  notes: { id: number; position: number; text: string }
}

const notes: Migration = {
  name: '20260101T0000-notes',
  async up(db) {
    await sql`CREATE TABLE notes (id BIGINT PRIMARY KEY, position BIGINT NOT NULL, text TEXT NOT NULL)`.execute(db)
  },
}

onBothDatabases('database', (dialect) => {
  let test_: TestDatabase<Schema>
  beforeAll(async () => {
    test_ = await openTestDatabase<Schema>(dialect, [notes])
  })
  afterAll(() => test_.remove())

  test('a failed transaction leaves nothing behind and does not disturb those beside it', async () => {
    const { database } = test_
    const results = await Promise.allSettled([
      database.transaction((tx) => tx.db.insertInto('notes').values({ id: 1, position: 0, text: 'a' }).execute()),
      database.transaction(async (tx) => {
        await tx.db.insertInto('notes').values({ id: 2, position: 0, text: 'b' }).execute()
        throw new Error('no')
      }),
      database.transaction((tx) => tx.db.insertInto('notes').values({ id: 3, position: 0, text: 'c' }).execute()),
    ])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    const ids = await database.read.selectFrom('notes').select('id').orderBy('id').execute()
    expect(ids.map(({ id }) => id)).toEqual([1, 3])
  })

  test('a taken key is recognised', async () => {
    const insert = () =>
      test_.database.transaction((tx) => tx.db.insertInto('notes').values({ id: 1, position: 0, text: 'again' }).execute())
    await expect(insert()).rejects.toSatisfy(isUniqueViolation)
  })

  test('signals go out after the commit, and not after a rollback', async () => {
    const { database } = test_
    const seen: string[] = []
    await database
      .transaction(async (tx) => {
        tx.afterCommit(() => seen.push('rolled back'))
        throw new Error('no')
      })
      .catch(() => {})
    await database.transaction(async (tx) => {
      tx.afterCommit(() => seen.push('committed'))
      expect(seen).toEqual([])
    })
    expect(seen).toEqual(['committed'])
  })

  test('what was committed is read at once, also by whoever has just read what was before', async () => {
    const { database } = test_
    const texts = async () => {
      const found = await database.read.selectFrom('notes').select('text').where('id', 'in', [500, 501]).orderBy('id').execute()
      return found.map(({ text }) => text)
    }
    for (const [id, expected] of [
      [500, ['new']],
      [501, ['new', 'new']],
    ] as const) {
      await texts()
      const seenWhenTold = new Promise<string[]>((resolve, reject) => {
        const write = database.transaction(async (tx) => {
          await tx.db.insertInto('notes').values({ id, position: 0, text: 'new' }).execute()
          // a snapshot from before the commit
          await texts()
          tx.afterCommit(() => texts().then(resolve, reject))
        })
        write.catch(reject)
      })
      expect(await seenWhenTold).toEqual(expected)
    }
  })

  test('a transaction inside a transaction is refused instead of waiting for itself', async () => {
    const { database } = test_
    await expect(database.transaction(() => database.transaction(async () => 1))).rejects.toThrow('inside a transaction')
  })

  test('a reader never passes a position that is committed later', async () => {
    const { database } = test_
    const second = await openDatabase<Schema>(test_.options, () => {})
    const writers = [database, second].flatMap((db, writer) =>
      Array.from({ length: 8 }, (_, lane) =>
        (async () => {
          for (let i = 0; i < 10; i++) {
            await db.transaction(async (tx) => {
              const position = await tx.takePosition()
              const id = 1000 + writer * 1000 + lane * 100 + i
              await tx.db.insertInto('notes').values({ id, position, text: 'p' }).execute()
            })
          }
        })(),
      ),
    )
    let writing = true
    const done = Promise.all(writers).finally(() => {
      writing = false
    })
    const seen: number[] = []
    let since = 0
    do {
      const upTo = await database.currentPosition()
      const rows = await database.read
        .selectFrom('notes')
        .select('position')
        .where('position', '>', since)
        .where('position', '<=', upTo)
        .orderBy('position')
        .execute()
      seen.push(...rows.map(({ position }) => position))
      since = upTo
      await new Promise((resolve) => setImmediate(resolve))
    } while (writing || since < (await database.currentPosition()))
    await done
    await second.close()
    expect(seen).toEqual(Array.from({ length: 160 }, (_, i) => i + 1))
  })
})

onBothDatabases('migrations', (dialect) => {
  test('run once, survive a failure, and a database of a newer program is refused', async () => {
    const place = await emptyDatabase(dialect)
    const database = await openDatabase<Schema>(place.options, () => {})
    const broken: Migration = {
      name: '20260102T0000-broken',
      async up(db) {
        await sql`CREATE TABLE half (id BIGINT)`.execute(db)
        throw new Error('broken')
      },
    }
    const mended: Migration = { ...broken, up: (db) => sql`CREATE TABLE half (id BIGINT)`.execute(db).then(() => {}) }
    await expect(migrate(database, [broken, notes])).rejects.toThrow('broken')
    expect(await migrate(database, [mended, notes])).toEqual(['20260102T0000-broken'])
    expect(await migrate(database, [mended, notes])).toEqual([])
    await expect(migrate(database, [notes])).rejects.toThrow('newer version of Glia')
    await database.close()
    await place.remove()
  })
})
