import { contract } from '@glia/contract'
import { StatusBadge, type StatusKind } from '../../ui/status-badge.tsx'
import type { BulkJob } from './bulk-queries.ts'

export const { bulkUserActions } = contract.glia.bulk
export type BulkAction = (typeof bulkUserActions)[number]

interface ActionWords {
  readonly label: string
  /** What it means for those it is done to. */
  readonly means: string
  /** It cannot be undone. */
  readonly isFinal?: true
}

export const ACTION_WORDS: Readonly<Record<BulkAction, ActionWords>> = {
  lock: { label: 'Lock', means: 'They can do nothing until they are unlocked. Sessions, rooms and messages stay as they are.' },
  unlock: { label: 'Unlock', means: 'They can go on where they were.' },
  suspend: { label: 'Suspend', means: 'They can read and leave rooms, but neither send nor join anything.' },
  unsuspend: { label: 'End suspension', means: 'They can send and join again.' },
  shadow_ban: { label: 'Shadow-ban', means: 'They seem to send as before, but it reaches nobody. Nobody is told.' },
  unshadow_ban: { label: 'Lift shadow-ban', means: 'They are heard again. What was sent meanwhile stays unseen.' },
  log_out: {
    label: 'Sign out everywhere',
    means: 'All their sessions end and their devices are deleted; encrypted history without a key backup is lost on them.',
  },
  deactivate: {
    label: 'Deactivate',
    means: 'They are signed out, leave all rooms and can never sign in again. What is deleted cannot be brought back.',
    isFinal: true,
  },
  erase: {
    label: 'Deactivate and erase',
    means: 'As with deactivation; names and avatars go too, and messages are hidden from everyone who was not there when they were sent.',
    isFinal: true,
  },
}

const LABELS: Readonly<Record<Exclude<BulkJob['action'], BulkAction>, string>> = {
  block: 'Block',
  unblock: 'Unblock',
  delete: 'Delete',
  purge_history: 'Purge history',
  make_admin: 'Make room admin',
  quarantine: 'Quarantine',
  unquarantine: 'End quarantine',
  protect: 'Protect from quarantine',
  unprotect: 'End protection',
}
const KINDS: Readonly<Record<BulkJob['kind'], string>> = { users: 'users', rooms: 'rooms', media: 'media' }

/** What a job does, and to what. */
export function jobTitle({ action, kind }: BulkJob): string {
  const label = action in ACTION_WORDS ? ACTION_WORDS[action as BulkAction].label : LABELS[action as keyof typeof LABELS]
  return kind === 'users' ? label : `${label}: ${KINDS[kind]}`
}

const STATES: Readonly<Record<BulkJob['state'], readonly [label: string, kind: StatusKind]>> = {
  running: ['Under way', 'watch'],
  paused: ['Paused', 'plain'],
  cancelled: ['Cancelled', 'plain'],
  complete: ['Done', 'strong'],
  failed: ['Failed', 'grave'],
}

export function BulkStateBadge({ state }: { state: BulkJob['state'] }) {
  const [label, kind] = STATES[state]
  return <StatusBadge kind={kind}>{label}</StatusBadge>
}
