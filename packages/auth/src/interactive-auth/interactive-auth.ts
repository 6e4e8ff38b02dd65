import { InteractiveAuthRequired, MatrixError } from '@glia/contract'
import type { AnyTransaction, Database } from '@glia/database'
import type { Origin } from '@glia/http'
import type { Clock, Random } from '@glia/platform'
import {
  deleteExpiredInteractiveSessions,
  deleteInteractiveSession,
  findInteractiveSession,
  type InteractiveSession,
  insertInteractiveSession,
  saveCompleted,
} from './interactive-session-store.ts'
import { type Stage, StageFailed } from './stages.ts'
import type { InteractiveAuthTables } from './tables.ts'

export interface ProofRequest {
  /** The body's `auth`: undefined, or an object with `type` and `session`. */
  readonly auth: Readonly<Record<string, unknown>> | undefined
  /** What the proof is for; a session started for something else is refused. */
  readonly operation: string
  /** Each flow is a list of stage types; one of them must be complete. */
  readonly flows: readonly (readonly string[])[]
  readonly origin: Origin
  /** Stage → what a client must know to show it. */
  readonly params?: Readonly<Record<string, unknown>>
  /** Asked for when a session is started: what the client may leave out later. Must not hold a password. */
  readonly parameters?: () => Promise<Record<string, unknown>>
}

export interface Proof {
  /** Completed stage → what it showed. */
  readonly shown: Readonly<Record<string, string>>
  /** What was told when the session was started. */
  readonly parameters: Readonly<Record<string, unknown>>
  /** Call it in the transaction of the operation: the proof is used up with it. */
  consume(tx: AnyTransaction): Promise<void>
}

/** Client-Server API, "User-Interactive Authentication API". */
export interface InteractiveAuth {
  /**
   * What was asked for when the session was started; `{}` without a session.
   * @throws MatrixError M_UNKNOWN for a session that is unknown, expired or for something else
   */
  recall(auth: ProofRequest['auth'], operation: string): Promise<Readonly<Record<string, unknown>>>
  /**
   * Completes a stage by a page of ours, for a client that does not know it; the client goes on with the session alone.
   * @throws MatrixError M_UNKNOWN for a session that is unknown, expired or for something else
   */
  complete(stage: string, session: string, request: Pick<ProofRequest, 'operation' | 'origin'>): Promise<void>
  /**
   * @returns once a flow is complete
   * @throws InteractiveAuthRequired until then; MatrixError when `auth` makes no sense
   */
  prove(request: ProofRequest): Promise<Proof>
}

const LIFETIME_MS = 3_600_000
const SWEEP_EVERY_MS = 60_000

export function createInteractiveAuth(deps: {
  database: Database<InteractiveAuthTables>
  clock: Clock
  random: Random
  stages: readonly Stage[]
}): InteractiveAuth {
  const { database, clock, random } = deps
  const stages = new Map(deps.stages.map((stage) => [stage.type, stage]))
  let sweepAtMs = 0

  async function load(auth: ProofRequest['auth'], operation: string): Promise<InteractiveSession | undefined> {
    const id = auth?.session
    if (id === undefined || id === null) return undefined
    const session = typeof id === 'string' && !id.includes('\0') ? await findInteractiveSession(database.read, id) : undefined
    if (!session || session.expiresAtMs <= clock.nowMs()) throw new MatrixError('M_UNKNOWN', `Unknown session ID: ${String(id)}`)
    if (session.operation !== operation) {
      throw new MatrixError('M_UNKNOWN', 'Requested operation has changed during the UI authentication session.', { status: 403 })
    }
    return session
  }

  /** Starts a session, or notes in the one that is there what is completed now. */
  async function keep(
    request: Pick<ProofRequest, 'operation' | 'parameters'>,
    session: InteractiveSession | undefined,
    stage: Stage | undefined,
    shown: string,
  ) {
    const completed = { ...session?.completed, ...(stage ? { [stage.type]: shown } : {}) }
    const nowMs = clock.nowMs()
    const parameters = session ? session.parameters : ((await request.parameters?.()) ?? {})
    const kept: InteractiveSession = session
      ? { ...session, completed }
      : {
          id: random.text(24, 'letters'),
          operation: request.operation,
          parameters,
          completed,
          createdAtMs: nowMs,
          expiresAtMs: nowMs + LIFETIME_MS,
        }
    await database.transaction(async (tx) => {
      await sweep(tx, nowMs)
      await stage?.reserve?.(tx, shown)
      if (session) await saveCompleted(tx, kept.id, completed)
      else await insertInteractiveSession(tx, kept)
    })
    return kept
  }

  async function sweep(tx: AnyTransaction, nowMs: number): Promise<void> {
    if (nowMs < sweepAtMs) return
    sweepAtMs = nowMs + SWEEP_EVERY_MS
    for (const expired of await deleteExpiredInteractiveSessions(tx, nowMs)) await settle(tx, expired, 'freed')
  }

  async function settle(tx: AnyTransaction, session: InteractiveSession, outcome: 'spent' | 'freed'): Promise<void> {
    for (const [type, shown] of Object.entries(session.completed)) await stages.get(type)?.settle?.(tx, shown, outcome)
  }

  function proofOf(shown: Readonly<Record<string, string>>, session: InteractiveSession | undefined): Proof {
    return {
      shown,
      parameters: session?.parameters ?? {},
      async consume(tx) {
        const used = session && (await deleteInteractiveSession(tx, session.id))
        if (session && !used) throw new MatrixError('M_UNKNOWN', `Unknown session ID: ${session.id}`)
        if (used) await settle(tx, used, 'spent')
      },
    }
  }

  return {
    async recall(auth, operation) {
      return (await load(auth, operation))?.parameters ?? {}
    },

    async complete(type, id, { operation, origin }) {
      const session = await load({ session: id }, operation)
      const stage = stages.get(type)
      if (!session || !stage) throw new MatrixError('M_UNKNOWN', `Unknown session ID: ${id}`)
      if (Object.hasOwn(session.completed, type)) return
      await keep({ operation }, session, stage, await stage.check({ session: id }, { origin, operation }))
    },

    async prove(request) {
      const { auth, flows, origin } = request
      const session = await load(auth, request.operation)
      const required = (kept: InteractiveSession, more: { failure?: { errcode: string; error: string } } = {}) =>
        new InteractiveAuthRequired({
          session: kept.id,
          flows,
          ...(request.params && { params: request.params }),
          ...(auth === undefined ? {} : { completed: Object.keys(kept.completed) }),
          ...more,
        })
      if (auth === undefined) throw required(await keep(request, undefined, undefined, ''))
      const stage = auth.type === undefined || auth.type === null ? undefined : stageOf(auth.type)
      if (!stage || (session && Object.hasOwn(session.completed, stage.type))) {
        if (session && isComplete(flows, session.completed)) return proofOf(session.completed, session)
        throw required(session ?? (await keep(request, undefined, undefined, '')))
      }
      try {
        const shown = await stage.check(auth, { origin, operation: request.operation })
        const completed = { ...session?.completed, [stage.type]: shown }
        // nothing to remember: one request was enough
        if (!session && !stage.reserve && !stage.settle && isComplete(flows, completed)) return proofOf(completed, undefined)
        const kept = await keep(request, session, stage, shown)
        if (isComplete(flows, completed)) return proofOf(completed, kept)
        throw required(kept)
      } catch (error) {
        if (!(error instanceof StageFailed)) throw error
        const kept = session ?? (await keep(request, undefined, undefined, ''))
        throw required(kept, { failure: { errcode: error.errcode, error: error.message } })
      }

      function stageOf(type: unknown): Stage {
        const found = typeof type === 'string' && flows.some((flow) => flow.includes(type)) ? stages.get(type) : undefined
        if (!found) throw new MatrixError('M_INVALID_PARAM', 'Invalid login submission')
        return found
      }
    },
  }
}

function isComplete(flows: readonly (readonly string[])[], completed: Readonly<Record<string, string>>): boolean {
  return flows.some((flow) => flow.every((stage) => Object.hasOwn(completed, stage)))
}
