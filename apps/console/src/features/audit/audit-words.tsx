import { allEndpoints } from '@glia/contract'
import { StatusBadge, type StatusKind } from '../../ui/status-badge.tsx'
import { RoomLink, RoomName } from '../rooms/room-name.tsx'
import { UserLink, UserName } from '../users/user-name.tsx'
import type { AuditRecord } from './audit-queries.ts'
import type { AuditOutcome } from './audit-search.ts'

const summaries = new Map(allEndpoints().map(({ id, summary }) => [id, summary]))

/** What an operation does, in a sentence; its id where none is known. */
export function operationText(operation: string): string {
  return summaries.get(operation) ?? operation
}

export const OUTCOME_LABELS: Readonly<Record<AuditOutcome, string>> = {
  done: 'Done',
  refused: 'Refused',
  failed: 'Failed',
  unknown: 'Unknown',
}
const OUTCOME_KINDS: Readonly<Record<AuditOutcome, StatusKind>> = { done: 'strong', refused: 'watch', failed: 'grave', unknown: 'plain' }

export function OutcomeBadge({ outcome }: { outcome: AuditOutcome }) {
  return <StatusBadge kind={OUTCOME_KINDS[outcome]}>{OUTCOME_LABELS[outcome]}</StatusBadge>
}

/** Who did it: a user, a client for itself, or the server's own command line. */
export function ActorName({ record, isLink = false }: { record: AuditRecord; isLink?: boolean }) {
  const { user_id: userId, client_id: clientId } = record.actor
  if (userId !== null) return isLink ? <UserLink userId={userId} /> : <UserName userId={userId} />
  if (clientId !== null) return <>client {clientId}</>
  return <>{record.operation.startsWith('local.') ? 'the command line of the server' : 'nobody signed in'}</>
}

/** On whom or what. */
export function TargetName({ record, isLink = false }: { record: AuditRecord; isLink?: boolean }) {
  const { target } = record
  if (!target) return null
  if (target.kind === 'user') return isLink ? <UserLink userId={target.id} /> : <UserName userId={target.id} />
  if (target.kind === 'room') return isLink ? <RoomLink roomId={target.id} /> : <RoomName roomId={target.id} />
  return (
    <span style={{ overflowWrap: 'anywhere' }}>
      {target.kind.replaceAll('_', ' ')} {target.id}
    </span>
  )
}
