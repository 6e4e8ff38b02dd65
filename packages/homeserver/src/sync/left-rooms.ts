import type { JsonObject } from '@glia/protocol'
import type { RoomPlan } from './room-plan.ts'
import type { RoomSections } from './room-sections.ts'

/** `rooms.leave`: rooms that the user left, or was removed from, or whose invitation is gone. */
export async function buildLeftRooms(plans: readonly RoomPlan[], sections: RoomSections): Promise<JsonObject> {
  const rooms = await sections.load(plans)
  return Object.fromEntries(
    rooms.map(({ plan, wire }) => {
      const { summary: _summary, ...left } = wire
      return [plan.room.roomId, { ...left, account_data: { events: [] } }]
    }),
  )
}
