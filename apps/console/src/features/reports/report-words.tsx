import type { ReactNode } from 'react'
import { StatusBadge, type StatusKind } from '../../ui/status-badge.tsx'
import { RoomName } from '../rooms/room-name.tsx'
import { UserName } from '../users/user-name.tsx'
import type { ReportInList } from './report-queries.ts'
import type { ReportKind, ReportState } from './reports-search.ts'

export const STATE_LABELS: Readonly<Record<ReportState, string>> = {
  new: 'New',
  in_progress: 'In progress',
  resolved: 'Resolved',
  dismissed: 'Dismissed',
}
export const KIND_LABELS: Readonly<Record<ReportKind, string>> = { event: 'Message', room: 'Room', user: 'User' }
const STATE_KINDS: Readonly<Record<ReportState, StatusKind>> = {
  new: 'grave',
  in_progress: 'watch',
  resolved: 'strong',
  dismissed: 'plain',
}

export function ReportStateBadge({ state }: { state: ReportState }) {
  return <StatusBadge kind={STATE_KINDS[state]}>{STATE_LABELS[state]}</StatusBadge>
}

/** What was reported, in words. */
export function ReportSubject({ report }: { report: Pick<ReportInList, 'kind' | 'room_id' | 'target_user_id'> }): ReactNode {
  const { kind, room_id: roomId, target_user_id: userId } = report
  switch (kind) {
    case 'event':
      return (
        <>
          Message{userId && ' of '}
          {userId && <UserName userId={userId} />}
          {roomId && ' in '}
          {roomId && <RoomName roomId={roomId} />}
        </>
      )
    case 'room':
      return <>Room {roomId && <RoomName roomId={roomId} />}</>
    case 'user':
      return <>User {userId && <UserName userId={userId} />}</>
  }
}
