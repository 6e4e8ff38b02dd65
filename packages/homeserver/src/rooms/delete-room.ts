import { MatrixError } from '@glia/contract'
import type { Database, Reads } from '@glia/database'
import type { Clock } from '@glia/platform'
import { isUserId, type ServerName, serverNameOf, type UserId } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'
import type { Task, Tasks } from '../tasks/index.ts'
import { blockRoom } from './block-room.ts'

/** Name of the task, as Synapse has it. */
export const DELETE_ROOM_ACTION = 'shutdown_and_purge_room'

export interface DeleteRoomDeps {
  readonly database: Database<HomeserverSchema>
  readonly tasks: Tasks
  readonly clock: Clock
  readonly serverName: ServerName
}

export interface DeleteRoomCommand {
  readonly roomId: string
  readonly requestedBy: UserId
  /** Makes a new room that the joined members are moved to. */
  readonly newRoomUserId: string | undefined
  readonly newRoomName: string | undefined
  /** First message in the new room. */
  readonly message: string | undefined
  readonly block: boolean
  readonly purge: boolean
  /** Purge although local users could not be made to leave. */
  readonly forcePurge: boolean
}

/** What the task is given. */
export interface DeletionParameters {
  readonly requestedBy: UserId
  readonly newRoomUserId: UserId | null
  readonly newRoomName: string
  readonly message: string
  readonly purge: boolean
  readonly forcePurge: boolean
}

/** How far a deletion is; also what `shutdown_room` shows of it. */
export interface DeletionResult {
  readonly kickedUsers: readonly string[]
  readonly failedToKickUsers: readonly string[]
  readonly localAliases: readonly string[]
  readonly newRoomId: string | null
  readonly step: 'leaving' | 'purging' | 'done'
}

const DEFAULT_NAME = 'Content Violation Notification'
const DEFAULT_MESSAGE = 'Sharing illegal content on this server is not permitted and rooms in violation will be blocked.'

/**
 * Starts removing a room: local members leave and forget it, optionally they are moved to a new one, the room is blocked and its data
 * purged. Goes on after a crash. Rooms on other servers are not affected (Synapse Admin API, "Delete Room API").
 * @returns the id of the task to ask about; kept for seven days after its end
 * @throws MatrixError M_UNKNOWN: another deletion of the room is under way, or the new room's user is not ours
 */
export async function deleteRoom(deps: DeleteRoomDeps, command: DeleteRoomCommand): Promise<string> {
  const { database, tasks, clock, serverName } = deps
  const { roomId, newRoomUserId } = command
  requireOwnUser(newRoomUserId, serverName)
  const parameters: DeletionParameters = {
    requestedBy: command.requestedBy,
    newRoomUserId: (newRoomUserId as UserId | undefined) ?? null,
    newRoomName: command.newRoomName ?? DEFAULT_NAME,
    message: command.message ?? DEFAULT_MESSAGE,
    purge: command.purge,
    forcePurge: command.forcePurge,
  }
  return database.transaction(async (tx) => {
    await tx.lock(`deletion of ${roomId}`)
    await refuseSecondDeletion(tasks, roomId, tx.db)
    if (command.block) await blockRoom(tx, roomId, command.requestedBy, clock.nowMs())
    return tasks.schedule(tx, { action: DELETE_ROOM_ACTION, resourceId: roomId, parameters: { ...parameters } })
  })
}

/** Who would be made to leave, and how many events would go. @throws MatrixError as the deletion itself */
export async function previewDeletion(
  { database, tasks, serverName }: DeleteRoomDeps,
  { roomId, newRoomUserId, purge }: DeleteRoomCommand,
): Promise<{ localMembers: number; events: number }> {
  requireOwnUser(newRoomUserId, serverName)
  await refuseSecondDeletion(tasks, roomId, database.read)
  const members = await localMembersPresent(database.read, roomId)
    .select((select) => select.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  if (!purge) return { localMembers: members.count, events: 0 }
  const events = await database.read
    .selectFrom('events')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('room_id', '=', roomId)
    .executeTakeFirstOrThrow()
  return { localMembers: members.count, events: events.count }
}

function requireOwnUser(userId: string | undefined, serverName: ServerName): void {
  if (userId !== undefined && !(isUserId(userId) && serverNameOf(userId) === serverName))
    throw new MatrixError('M_UNKNOWN', `User must be our own: ${userId}`)
}

async function refuseSecondDeletion(tasks: Tasks, roomId: string, reads: Reads<HomeserverSchema>): Promise<void> {
  const unfinished = await tasks.list({ actions: [DELETE_ROOM_ACTION], resourceId: roomId, statuses: ['scheduled', 'active'] }, reads)
  if (unfinished.length > 0) throw new MatrixError('M_UNKNOWN', `Purge already in progress for ${roomId}`)
}

/** Local users who have to leave before a room can go: members, invited, and those who knock. */
export function localMembersPresent(reads: Reads<HomeserverSchema>, roomId: string) {
  return reads
    .selectFrom('memberships')
    .where('room_id', '=', roomId)
    .where('is_local', '=', 1)
    .where('membership', 'in', ['join', 'invite', 'knock'])
}

/** Deletions of a room, or the one with this id, oldest change first. */
export async function listDeletions(tasks: Tasks, roomId: string): Promise<Task[]> {
  return tasks.list({ actions: [DELETE_ROOM_ACTION], resourceId: roomId, statuses: ['scheduled', 'active', 'complete', 'failed'] })
}

export async function findDeletion(tasks: Tasks, id: string): Promise<Task | undefined> {
  const task = await tasks.find(id)
  return task?.action === DELETE_ROOM_ACTION ? task : undefined
}

/** The wire's `shutdown_room`, as it is kept in the task's result. */
export function summaryOf(result: DeletionResult) {
  return {
    kicked_users: [...result.kickedUsers],
    failed_to_kick_users: [...result.failedToKickUsers],
    local_aliases: [...result.localAliases],
    new_room_id: result.newRoomId,
    step: result.step,
  }
}

export function resultOf(task: Task): DeletionResult | undefined {
  const kept = task.result as ReturnType<typeof summaryOf> | null
  if (!kept) return undefined
  return {
    kickedUsers: kept.kicked_users,
    failedToKickUsers: kept.failed_to_kick_users,
    localAliases: kept.local_aliases,
    newRoomId: kept.new_room_id,
    step: kept.step,
  }
}
