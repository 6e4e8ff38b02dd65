import type { TaskResult } from '../tasks/index.ts'

/** How far a redaction is. */
export interface RedactionProgress {
  /** Newest events first: goes on before this position. undefined: nothing was looked at yet. */
  readonly before: number | undefined
  /** Where it began. Later events of the user stay. */
  readonly from: number | undefined
  readonly redacted: number
  /** Event id → why. */
  readonly failed: Readonly<Record<string, string>>
}

const NOTHING_REDACTED: RedactionProgress = { before: undefined, from: undefined, redacted: 0, failed: {} }

/** The result of the task, as Synapse's scheduled tasks show it, with what is needed to go on. */
export function resultOf({ before, from, redacted, failed }: RedactionProgress): TaskResult {
  return { failed_redactions: failed, redacted, from: from ?? null, before: before ?? null }
}

export function progressOf(result: TaskResult | null): RedactionProgress {
  if (!result) return NOTHING_REDACTED
  return {
    before: (result.before as number | null) ?? undefined,
    from: (result.from as number | null) ?? undefined,
    redacted: result.redacted as number,
    failed: result.failed_redactions as Record<string, string>,
  }
}
