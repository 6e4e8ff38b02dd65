import { type BodyOf, contract, isDryRun, MatrixError } from '@glia/contract'
import { type Route, route } from '@glia/http'
import type { UserId } from '@glia/protocol'
import type { Task } from '../tasks/index.ts'
import { legalRoomId } from './admin-routes.ts'
import {
  type DeleteRoomCommand,
  type DeleteRoomDeps,
  deleteRoom,
  findDeletion,
  listDeletions,
  previewDeletion,
  resultOf,
  summaryOf,
} from './delete-room.ts'

/** Synapse Admin API, "Delete Room API". Both versions are the same task; version 1 waits for its end. */
export function roomDeletionRoutes(deps: DeleteRoomDeps): Route[] {
  const { tasks } = deps
  const { rooms } = contract.admin

  async function preview(command: DeleteRoomCommand) {
    const { localMembers, events } = await previewDeletion(deps, command)
    return { would: { local_members: localMembers, events } }
  }

  return [
    route(rooms.deleteRoomV2, async ({ params, query, body, requester }) => {
      const command = commandOf(params.room_id, body, requester.userId)
      return isDryRun(query) ? preview(command) : { delete_id: await deleteRoom(deps, command) }
    }),
    route(rooms.deleteRoomV1, async ({ params, query, body, requester, request }) => {
      const command = commandOf(params.room_id, body, requester.userId)
      if (isDryRun(query)) return preview(command)
      const id = await deleteRoom(deps, command)
      const task = await tasks.waitUntilEnded(id, request.signal)
      if (task.status !== 'complete') throw new MatrixError('M_UNKNOWN', task.error ?? 'The deletion was cancelled')
      return shutdownOf(task)!
    }),
    route(rooms.listRoomDeletions, async ({ params }) => {
      const roomId = legalRoomId(params.room_id)
      const found = await listDeletions(tasks, roomId)
      if (found.length === 0) throw new MatrixError('M_NOT_FOUND', `No delete task for room_id '${roomId}' found`)
      return { results: found.map(toWire) }
    }),
    route(rooms.getRoomDeletion, async ({ params }) => {
      const task = await findDeletion(tasks, params.delete_id)
      if (!task) throw new MatrixError('M_NOT_FOUND', `delete id '${params.delete_id}' not found`)
      return toWire(task)
    }),
  ]
}

function commandOf(roomId: string, body: BodyOf<typeof contract.admin.rooms.deleteRoomV2>, requestedBy: UserId): DeleteRoomCommand {
  return {
    roomId: legalRoomId(roomId),
    requestedBy,
    newRoomUserId: body.new_room_user_id ?? undefined,
    newRoomName: body.room_name ?? undefined,
    message: body.message ?? undefined,
    block: body.block,
    purge: body.purge,
    forcePurge: body.force_purge,
  }
}

function toWire(task: Task) {
  return {
    delete_id: task.id,
    room_id: task.resourceId!,
    status: task.status,
    shutdown_room: shutdownOf(task) ?? null,
    ...(task.error === null ? {} : { error: task.error }),
  }
}

function shutdownOf(task: Task) {
  const result = resultOf(task)
  if (!result) return undefined
  const { step: _ours, ...summary } = summaryOf(result)
  return summary
}
