import type { Database } from '@glia/database'
import type { HomeserverSchema } from '../schema.ts'

/** The database was made for another server name: its user ids, rooms and signatures carry that one. */
export class OtherServerNameError extends Error {
  override readonly name = 'OtherServerNameError'
}

/**
 * Writes the server name into an empty database, and refuses a database that has another one.
 * @throws OtherServerNameError
 */
export async function claimServerName(database: Database<HomeserverSchema>, serverName: string): Promise<void> {
  const found = await database.read.selectFrom('server_identity').select('server_name').executeTakeFirst()
  if (!found) {
    await database.transaction((tx) =>
      tx.db
        .insertInto('server_identity')
        .values({ id: 1, server_name: serverName })
        .onConflict((conflict) => conflict.doNothing())
        .execute(),
    )
  } else if (found.server_name !== serverName) {
    throw new OtherServerNameError(
      `the database belongs to ${found.server_name}, and server_name is ${serverName}; a server cannot change its name: use the old one, or an empty database`,
    )
  }
}
