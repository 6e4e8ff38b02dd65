import { Anchor } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { StatusBadge, type StatusKind } from '../../ui/status-badge.tsx'
import { RoomLink, RoomName } from '../rooms/room-name.tsx'
import { UserLink, UserName } from '../users/user-name.tsx'
import type { Task } from './task-queries.ts'
import type { TaskState } from './tasks-search.ts'

export const STATE_LABELS: Readonly<Record<TaskState, string>> = {
  scheduled: 'Waits',
  active: 'Under way',
  complete: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
}
const STATE_KINDS: Readonly<Record<TaskState, StatusKind>> = {
  scheduled: 'plain',
  active: 'watch',
  complete: 'strong',
  failed: 'grave',
  cancelled: 'plain',
}

/** Of a bulk job, whose id is what it is on. */
const BULK = 'bulk_users'
const ACTIONS: Readonly<Record<string, string>> = {
  shutdown_and_purge_room: 'Delete a room',
  purge_history: 'Purge the history of a room',
  redact_all_events: 'Redact all that a user wrote',
  report_alert: 'Tell the webhook of a report',
  [BULK]: 'Act on many users',
}

/** What a task does, in words; its name where none are known. */
export function actionText(action: string): string {
  return ACTIONS[action] ?? action
}

export function TaskStateBadge({ state }: { state: TaskState }) {
  return <StatusBadge kind={STATE_KINDS[state]}>{STATE_LABELS[state]}</StatusBadge>
}

/** On what the task works. */
export function TaskSubject({ task: { action, resource_id: id }, isLink = false }: { task: Task; isLink?: boolean }) {
  if (id?.startsWith('!')) return isLink ? <RoomLink roomId={id} /> : <RoomName roomId={id} />
  if (id?.startsWith('@')) return isLink ? <UserLink userId={id} /> : <UserName userId={id} />
  if (action === BULK && id !== null && isLink) {
    return (
      <Anchor size="sm" style={{ overflowWrap: 'anywhere' }} renderRoot={(props) => <Link to="/bulk" search={{ job: id }} {...props} />}>
        Bulk job {id}
      </Anchor>
    )
  }
  return <span style={{ overflowWrap: 'anywhere' }}>{id}</span>
}
