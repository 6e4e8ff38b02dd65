import type { AuditTarget } from '@glia/contract'
import type { Database, Transaction } from '@glia/database'
import type { AuditAttempt, AuditTrail } from '@glia/http'
import { type Clock, type Logger, makeUlid, type Random } from '@glia/platform'
import type { TellAdmins } from '../admin-stream/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import { type AuditActor, addAuditOutcome, addAuditRecord } from './audit-log.ts'
import { changesBetween, type Snapshot, type TakeSnapshot } from './snapshots.ts'

export interface AuditTrailDeps {
  readonly database: Database<HomeserverSchema>
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly tellAdmins: TellAdmins
  /** Kind of target → how to look at one. */
  readonly snapshots: Readonly<Record<string, TakeSnapshot>>
  /** MAS's API names users by another id: the user whose account it is. */
  readonly userOfAccount: (accountId: string) => Promise<string | undefined>
}

/**
 * Records calls in the database: the attempt before it is carried out, how it ended after. An attempt without an end is one that the
 * server did not survive.
 */
export function createAuditTrail({ database, clock, random, logger, tellAdmins, snapshots, userOfAccount }: AuditTrailDeps): AuditTrail {
  const findTarget = async ({ target }: AuditAttempt): Promise<AuditTarget | undefined> => {
    const userId = target?.kind === 'users' ? await userOfAccount(target.id) : undefined
    return userId === undefined ? target : { kind: 'user', id: userId }
  }
  const take = async (isChange: boolean, target: AuditTarget | undefined): Promise<Snapshot> =>
    isChange && target ? snapshots[target.kind]?.(target.id) : undefined

  return {
    async begin(attempt) {
      const id = makeUlid(clock, random)
      const { endpoint, request } = attempt
      const target = await findTarget(attempt)
      const isChange = endpoint.method !== 'GET'
      const record = { id, atMs: clock.nowMs(), operation: endpoint.id, actor: actorOf(attempt), target, request }
      const before = await take(isChange, target)
      await database.transaction((tx) => addAuditRecord(tx, record))
      return {
        async end({ status, errcode }) {
          try {
            const changes = status < 400 ? changesBetween(before, await take(isChange, target)) : undefined
            await database.transaction(async (tx) => {
              await addAuditOutcome(tx, id, { status, errcode, changes })
              await tellAdmins(tx, 'audit', id)
            })
          } catch (error) {
            logger.error({ err: error, auditRecord: id }, 'the end of an audit record could not be written')
          }
        },
      }
    },
  }
}

function actorOf({ requester, origin }: AuditAttempt): AuditActor {
  const from = { ip: origin.ip, userAgent: origin.userAgent || null }
  if (!requester) return { userId: null, clientId: null, sessionId: null, token: 'none', ...from }
  const { sessionId } = requester
  if ('clientId' in requester) {
    const { userId, clientId } = requester
    return { userId: userId ?? null, clientId: clientId ?? null, sessionId, token: userId ? 'oauth' : 'client', ...from }
  }
  const { userId, puppetOwner, origin: token } = requester
  return { userId: puppetOwner ?? userId, clientId: null, sessionId, token, ...from }
}

/** A change that comes by no request of its own. */
export interface AuditedChange {
  readonly operation: string
  /** A user id; absent: whoever has the server's files. */
  readonly actor?: string
  /** On whom it acts; absent: on `target`, or on the server. */
  readonly userId?: string
  readonly target?: AuditTarget
  readonly request?: object
}

/** Writes a change down in the transaction that makes it. */
export async function recordChange(
  tx: Transaction<HomeserverSchema>,
  deps: Pick<AuditTrailDeps, 'clock' | 'random' | 'tellAdmins'>,
  change: AuditedChange,
): Promise<void> {
  const id = makeUlid(deps.clock, deps.random)
  const { operation, actor = null, userId, request = {} } = change
  const target = change.target ?? (userId === undefined ? undefined : { kind: 'user', id: userId })
  await addAuditRecord(tx, {
    id,
    atMs: deps.clock.nowMs(),
    operation,
    actor: { userId: actor, clientId: null, sessionId: null, token: 'none', ip: null, userAgent: null },
    target,
    request,
  })
  await addAuditOutcome(tx, id, { status: 200 })
  await deps.tellAdmins(tx, 'audit', id)
}
