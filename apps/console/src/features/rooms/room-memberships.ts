import type { Client } from '@glia/client'
import { queryOptions } from '@tanstack/react-query'
import { oneRoomKey } from './room-queries.ts'

export type Membership = 'join' | 'invite' | 'ban'

export interface Member {
  readonly userId: string
  readonly name: string | undefined
  readonly powerLevel: number
  /** Since room version 12, creators stand above all power levels. */
  readonly isCreator: boolean
}

interface StateEvent {
  readonly type?: unknown
  readonly state_key?: unknown
  readonly sender?: unknown
  readonly content?: Readonly<Record<string, unknown>>
}

const TYPES = ['m.room.member', 'm.room.power_levels', 'm.room.create'] as const

/** The part of a room's state that says who is in it and what they may do. */
export function membershipsQuery(client: Client, roomId: string) {
  return queryOptions({
    queryKey: [...oneRoomKey(roomId), 'memberships'],
    queryFn: async ({ signal }): Promise<readonly StateEvent[]> => {
      const ask = (type: string) => client.admin.rooms.getRoomState({ params: { room_id: roomId }, query: { type }, signal })
      const parts = await Promise.all(TYPES.map(ask))
      // an older Synapse does not know the filter and answers all state each time
      return parts.flatMap(({ state }, index) => state.filter((event: StateEvent) => event.type === TYPES[index]))
    },
  })
}

/** Those with a membership, the strongest first, then by name. */
export function membersOf(state: readonly StateEvent[], membership: Membership): Member[] {
  const find = (type: string) => state.find((event) => event.type === type)
  const levels = find('m.room.power_levels')?.content
  const users = (levels?.users ?? {}) as Readonly<Record<string, unknown>>
  const create = find('m.room.create')
  const areCreatorsAbove = Number(create?.content?.room_version) >= 12
  const creators = [create?.sender, ...(Array.isArray(create?.content?.additional_creators) ? create.content.additional_creators : [])]
  const levelOf = (userId: string) => Number(users[userId] ?? levels?.users_default ?? 0)
  return state
    .filter(({ type, content }) => type === 'm.room.member' && content?.membership === membership)
    .map(({ state_key: stateKey, content }) => {
      const userId = String(stateKey)
      const name = content?.displayname
      return {
        userId,
        name: typeof name === 'string' && name !== '' ? name : undefined,
        powerLevel: levelOf(userId),
        isCreator: areCreatorsAbove && creators.includes(userId),
      }
    })
    .sort(
      (a, b) =>
        Number(b.isCreator) - Number(a.isCreator) || b.powerLevel - a.powerLevel || (a.name ?? a.userId).localeCompare(b.name ?? b.userId),
    )
}
