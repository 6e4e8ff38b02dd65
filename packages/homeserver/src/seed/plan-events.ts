import { type EventId, eventTypes, type JsonObject, type RoomId } from '@glia/protocol'
import { memberContent, type Profile } from '../membership/index.ts'
import type { EventDraft } from '../timeline/index.ts'
import type { Chance } from './chance.ts'
import { isOpen, type PlannedChunk, type PlannedRoom } from './plan-rooms.ts'
import type { SeedUser } from './seed-users.ts'
import { sentence } from './words.ts'

/** A room as far as it is made up. */
export interface SeededRoom extends PlannedRoom {
  roomId?: RoomId
  /** Whom a direct chat is with. */
  partner?: SeedUser | undefined
  /** The creator first. */
  readonly members: SeedUser[]
  readonly everMembers: Set<SeedUser>
}

/** The next event, which may speak of messages that the chunk wrote before. */
export type Step = (before: readonly EventId[]) => EventDraft

export interface StepSource {
  readonly chance: Chance
  /** Somebody who has an account by now. */
  readonly anybody: () => SeedUser
  readonly anyRoom: () => RoomId | undefined
  readonly anyMedia: () => string | undefined
  readonly serverName: string
}

const MAX_TRIES = 20
const MIN_TO_LEAVE = 4

/** Makes up what happens in a room, and keeps its members. Newcomers and messages in any order. */
export function planSteps(room: SeededRoom, { joins, messages }: PlannedChunk, source: StepSource): Step[] {
  const steps: Step[] = []
  let [joining, talking] = [joins, messages]
  while (joining + talking > 0) {
    if (source.chance.integer(joining + talking) < joining) {
      joining--
      steps.push(...joinSteps(room, source))
    } else {
      talking--
      steps.push(source.chance.is(0.01) && room.members.length >= MIN_TO_LEAVE ? leaveStep(room, source) : saying(room, source))
    }
  }
  return steps
}

/** @returns as many steps as joining takes, though perhaps nobody is left who could join */
function joinSteps(room: SeededRoom, source: StepSource): Step[] {
  const newcomer = room.kind === 'direct' ? room.partner : findNewcomer(room, source)
  if (!newcomer) return Array.from({ length: room.kind === 'private' ? 2 : 1 }, () => saying(room, source))
  admit(room, newcomer)
  const join = membership(newcomer, 'join')
  return isOpen(room) || room.kind === 'direct' ? [join] : [membership(newcomer, 'invite', room.members[0]), join]
}

export function findNewcomer(room: SeededRoom, source: StepSource): SeedUser | undefined {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const user = source.anybody()
    if (user.isUsable && !room.everMembers.has(user)) return user
  }
  return undefined
}

export function admit(room: SeededRoom, user: SeedUser): void {
  room.members.push(user)
  room.everMembers.add(user)
}

function leaveStep(room: SeededRoom, { chance }: StepSource): Step {
  const index = 1 + chance.integer(room.members.length - 1)
  const leaver = room.members[index]!
  room.members[index] = room.members.at(-1)!
  room.members.pop()
  const draft = { type: eventTypes.member, sender: leaver.userId, stateKey: leaver.userId, content: memberContent('leave', {}, undefined) }
  return () => draft
}

function membership(user: SeedUser, what: 'join' | 'invite', by = user): Step {
  const content = memberContent(what, {}, profileOf(user))
  const draft = { type: eventTypes.member, sender: by.userId, stateKey: user.userId, content }
  return () => draft
}

export function profileOf({ displayName, avatarUrl }: SeedUser): Profile {
  return { displayName, avatarUrl }
}

/** A message, or something else that members do. */
function saying(room: SeededRoom, source: StepSource): Step {
  const { chance } = source
  if (room.kind === 'space' || chance.is(0.002)) return stateStep(room, source)
  const sender = room.members[chance.low(room.members.length)]!.userId
  const content = room.isEncrypted ? encrypted(chance) : message(source)
  const type = room.isEncrypted ? 'm.room.encrypted' : 'm.room.message'
  const kind = chance.share()
  const back = 1 + chance.low(10)
  const note = sentence(chance).slice(0, 12)
  return (before) => {
    const target = before.at(-back)
    if (target === undefined || kind > 0.12) return { type, sender, content }
    const relate = (relation: JsonObject) => ({ type, sender, content: { ...content, 'm.relates_to': relation } })
    if (kind < 0.06) {
      const relation = { rel_type: 'm.annotation', event_id: target, key: note }
      return { type: 'm.reaction', sender, content: { 'm.relates_to': relation } }
    }
    if (kind < 0.08) return relate({ rel_type: 'm.thread', event_id: target })
    return relate({ 'm.in_reply_to': { event_id: target } })
  }
}

function stateStep(room: SeededRoom, source: StepSource): Step {
  const sender = room.members[0]!.userId
  const text = `${sentence(source.chance)} ${source.chance.text(8)}`
  const child = room.kind === 'space' ? source.anyRoom() : undefined
  if (child === undefined || child === room.roomId) {
    return () => ({ type: 'm.room.topic', sender, stateKey: '', content: { topic: text } })
  }
  return () => ({ type: 'm.space.child', sender, stateKey: child, content: { via: [source.serverName], order: text.slice(-8) } })
}

function message(source: StepSource): JsonObject {
  const { chance } = source
  const url = chance.is(0.06) ? source.anyMedia() : undefined
  if (url === undefined) return { msgtype: 'm.text', body: sentence(chance) }
  const size = 10_000 + chance.low(5_000_000)
  return { msgtype: 'm.image', body: 'photo.jpg', url, info: { mimetype: 'image/jpeg', size, w: 1024, h: 768 } }
}

const CIPHERTEXTS = new WeakMap<Chance, string>()

/** Looks like a message of Megolm; nobody can read it. */
function encrypted(chance: Chance): JsonObject {
  const text = CIPHERTEXTS.get(chance) ?? chance.text(4096)
  CIPHERTEXTS.set(chance, text)
  const cut = (length: number) => {
    const start = chance.integer(text.length - length)
    return text.slice(start, start + length)
  }
  const session = { device_id: cut(10).toUpperCase(), sender_key: cut(43), session_id: cut(43) }
  return { algorithm: 'm.megolm.v1.aes-sha2', ciphertext: `AwgA${cut(160 + chance.low(400))}`, ...session }
}
