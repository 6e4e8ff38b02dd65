import { MatrixError } from '@glia/contract'
import type { AnyTransaction, Database } from '@glia/database'
import { type Appservice, localpartOf, type UserId } from '@glia/protocol'
import type { AuthLink } from '../auth-link.ts'
import type { HomeserverSchema } from '../schema.ts'
import type { Users } from '../users/index.ts'

/** Makes the users that application services act as when they name no other. Those that are there stay as they are. */
export async function ensureSenders(
  deps: { database: Database<HomeserverSchema>; users: Users; auth: () => AuthLink },
  services: readonly Appservice[],
): Promise<void> {
  for (const { id, sender } of services) {
    if (await deps.users.find(sender)) continue
    try {
      await deps.database.transaction(async (tx: AnyTransaction) => {
        const userId: UserId = await deps.users.create(tx, { localpart: localpartOf(sender), appserviceId: id })
        await deps.auth().createAccount(tx, { userId, passwordHash: undefined })
      })
    } catch (error) {
      // another process was faster
      if (!(error instanceof MatrixError && error.errcode === 'M_USER_IN_USE')) throw error
    }
  }
}
