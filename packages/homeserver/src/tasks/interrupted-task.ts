import type { Task, TaskResult, TaskRunner } from './tasks.ts'

/** For tests: runs a task and stops it after every step that it saves, as if the server were stopped again and again. @returns the final result and the steps */
export async function runInterrupted(
  runner: TaskRunner,
  task: { resourceId: string; parameters: Readonly<Record<string, unknown>> },
): Promise<{ result: TaskResult; steps: number }> {
  let saved: TaskResult | null = null
  for (let steps = 0; ; steps++) {
    const stop = new AbortController()
    const held: Task = { id: 'x', action: 'x', status: 'active', timestampMs: 0, error: null, ...task, result: saved }
    const saveProgress = async (result: TaskResult) => {
      saved = JSON.parse(JSON.stringify(result)) as TaskResult
      stop.abort(new Error('stopped'))
    }
    try {
      return { result: await runner(held, { signal: stop.signal, saveProgress }), steps }
    } catch (error) {
      if (!stop.signal.aborted || error !== stop.signal.reason) throw error
    }
  }
}
