import type { AuditTarget } from '@glia/contract'
import type { Reads, Transaction } from '@glia/database'
import type { UserId } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'
import type { BulkParameters } from './bulk-store.ts'

export type BulkKindName = 'users' | 'rooms' | 'media'

/** What a job is to do, whether it exists yet or not. */
export interface BulkPlan {
  readonly kind: BulkKindName
  readonly action: string
  readonly parameters: BulkParameters
  readonly createdBy: UserId
}

export interface BulkItem {
  readonly id: string
  /** The job leaves it alone. */
  readonly isSpared: boolean
}

export interface BulkCounts {
  readonly actOn: number
  readonly skip: number
  /** Bytes of the media, joined local members of the rooms. */
  readonly amount?: number
}

export type Settle = (tx: Transaction<HomeserverSchema>) => Promise<void>

/** Something that bulk jobs can act on. */
export interface BulkKind {
  /** Chosen items behind an id, in the order of ids. */
  behind(reads: Reads<HomeserverSchema>, plan: BulkPlan, id: string, limit: number): Promise<BulkItem[]>
  counts(reads: Reads<HomeserverSchema>, plan: BulkPlan): Promise<BulkCounts>
  /** Ids of the first that would be acted on. */
  examples(reads: Reads<HomeserverSchema>, plan: BulkPlan, limit: number): Promise<string[]>
  /** Does the plan's action to one. `settle` is part of the last transaction. Done twice it does no harm. */
  act(plan: BulkPlan, id: string, settle: Settle, signal: AbortSignal): Promise<void>
  /** As the audit log names it. */
  target(id: string): AuditTarget
}

export type BulkKinds = Readonly<Record<BulkKindName, BulkKind>>
