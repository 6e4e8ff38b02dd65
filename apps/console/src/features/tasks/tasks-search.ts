import { textParam, withoutUndefined, wordParam } from '../../ui/search-params.ts'

export const taskStates = ['scheduled', 'active', 'complete', 'failed', 'cancelled'] as const
export type TaskState = (typeof taskStates)[number]

/** The tasks as their address tells it. Nothing said: all of them. */
export interface TasksSearch {
  readonly state?: TaskState
  readonly action?: string
  /** What they are about: a room id, … */
  readonly about?: string
  /** The task whose panel is open. */
  readonly task?: string
}

export function tasksSearch(raw: Record<string, unknown>): TasksSearch {
  return withoutUndefined({
    state: wordParam(raw.state, taskStates),
    action: textParam(raw.action),
    about: textParam(raw.about),
    task: textParam(raw.task),
  })
}
