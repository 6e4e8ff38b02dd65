import { MatrixError } from '@glia/contract'
import { type Clock, OutboundError } from '@glia/platform'
import type { Appservice } from '@glia/protocol'
import { type AppserviceAnswer, type AppserviceHttp, isSuccess } from './appservice-http.ts'

export interface PingResult {
  readonly durationMs: number
}

/** Whoever waits for the answer does so at a request of its own. */
const TIMEOUT_MS = 30_000
/** Of what the service answered, in the error. */
const MAX_SHOWN = 2_000

/**
 * Calls the service as it asked for. Source: Application Service API, "Pinging"; codes as there.
 * @throws MatrixError M_URL_NOT_SET, M_CONNECTION_FAILED, M_CONNECTION_TIMEOUT, M_BAD_STATUS
 */
export async function ping(
  service: Appservice,
  http: AppserviceHttp,
  clock: Clock,
  transactionId: string | undefined,
): Promise<PingResult> {
  if (service.url === undefined) throw new MatrixError('M_URL_NOT_SET', 'The application service does not have a URL set')
  const startedAtMs = clock.nowMs()
  let answer: AppserviceAnswer
  try {
    const body = JSON.stringify(transactionId === undefined ? {} : { transaction_id: transactionId })
    answer = await http.call('POST', 'ping', { body, timeoutMs: TIMEOUT_MS })
  } catch (error) {
    if (!(error instanceof OutboundError)) throw error
    if (error.failure === 'timeout')
      throw new MatrixError('M_CONNECTION_TIMEOUT', 'Connection to application service timed out', { cause: error })
    throw new MatrixError('M_CONNECTION_FAILED', `Failed to ping application service: ${error.message}`, { cause: error })
  }
  if (isSuccess(answer)) return { durationMs: Math.max(0, clock.nowMs() - startedAtMs) }
  throw new MatrixError('M_BAD_STATUS', `Ping returned status ${answer.status}`, {
    extra: { status: answer.status, body: answer.text.slice(0, MAX_SHOWN) },
  })
}
