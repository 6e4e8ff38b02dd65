import type { contract } from '@glia/contract'
import { MatrixError } from '@glia/contract'
import type { RoomId, UserId } from '@glia/protocol'
import { type PurgeHistoryDeps, purgeHistory } from '../history-purge/index.ts'
import {
  blockRoom,
  createRoomSelector,
  DELETE_ROOM_ACTION,
  type DeleteRoomDeps,
  deleteRoom,
  type MakeRoomAdminDeps,
  makeRoomAdmin,
  type RoomSelection,
  unblockRoom,
} from '../rooms/index.ts'
import type { BulkKind, BulkPlan } from './bulk-kind.ts'

export type BulkRoomAction = (typeof contract.glia.bulk.bulkRoomActions)[number]
export type RoomActionDeps = DeleteRoomDeps & MakeRoomAdminDeps & PurgeHistoryDeps

/** Rooms, for bulk jobs. Deletions and purges are tasks of their own, which the job waits for. */
export function roomsInBulk(deps: RoomActionDeps): BulkKind {
  const { database, clock, tasks } = deps
  const selector = createRoomSelector(() => clock.nowMs())
  const selectionOf = ({ parameters }: BulkPlan) => parameters.selection as RoomSelection

  async function ended(taskId: string, signal: AbortSignal): Promise<void> {
    const task = await tasks.waitUntilEnded(taskId, signal)
    if (task.status !== 'complete') throw new MatrixError('M_UNKNOWN', task.error ?? 'It was cancelled')
  }

  async function remove(plan: BulkPlan, roomId: string, signal: AbortSignal): Promise<void> {
    const { details = {} } = plan.parameters
    // begun before the server stopped
    const [begun] = await tasks.list({ actions: [DELETE_ROOM_ACTION], resourceId: roomId, statuses: ['scheduled', 'active'] })
    const command = {
      roomId,
      requestedBy: plan.createdBy,
      newRoomUserId: details.new_room_user_id,
      newRoomName: details.room_name,
      message: details.message,
      block: details.block ?? false,
      purge: details.purge ?? true,
      forcePurge: false,
    }
    await ended(begun?.id ?? (await deleteRoom(deps, command)), signal)
  }

  async function purge({ parameters }: BulkPlan, roomId: string, signal: AbortSignal): Promise<void> {
    const { before = 0, delete_local_events: deletesLocalEvents = false } = parameters.details ?? {}
    try {
      await ended(await purgeHistory(deps, { roomId, limit: { receivedUpToMs: before - 1 }, deletesLocalEvents }), signal)
    } catch (error) {
      // nothing is so old
      if (!(error instanceof MatrixError && error.errcode === 'M_NOT_FOUND')) throw error
    }
  }

  return {
    async behind(reads, plan, id, limit) {
      const rooms = await selector.behindId(reads, selectionOf(plan), id, limit)
      return rooms.map((room) => ({ id: room.room_id, isSpared: false }))
    },
    async counts(reads, plan) {
      const { count, amount } = await selector.count(reads, selectionOf(plan))
      return { actOn: count, skip: 0, amount }
    },
    async examples(reads, plan, limit) {
      return (await selector.behindId(reads, selectionOf(plan), '', limit)).map(({ room_id }) => room_id)
    },
    target: (id) => ({ kind: 'room', id }),
    async act(plan, roomId, settle, signal) {
      const { createdBy, parameters } = plan
      switch (plan.action as BulkRoomAction) {
        case 'block':
          return database.transaction(async (tx) => {
            await blockRoom(tx, roomId, createdBy, clock.nowMs())
            await settle(tx)
          })
        case 'unblock':
          return database.transaction(async (tx) => {
            await unblockRoom(tx, roomId, clock.nowMs())
            await settle(tx)
          })
        case 'delete':
          await remove(plan, roomId, signal)
          break
        case 'purge_history':
          await purge(plan, roomId, signal)
          break
        case 'make_admin':
          await makeRoomAdmin(deps, roomId as RoomId, parameters.details!.user_id as UserId)
          break
      }
      await database.transaction(settle)
    },
  }
}
