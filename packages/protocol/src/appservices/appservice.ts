import type { UserId } from '../ids.ts'
import type { AppserviceNamespace } from './namespace.ts'

/**
 * A bridge or bot that acts for many users, as its registration file describes it; its tokens are kept apart.
 * Source: Application Service API, "Registration".
 */
export interface Appservice {
  readonly id: string
  /** Without a slash at the end; undefined: nothing is sent to it. */
  readonly url: string | undefined
  /** The user that it acts as when it names no other. */
  readonly sender: UserId
  readonly namespaces: {
    readonly users: readonly AppserviceNamespace[]
    readonly aliases: readonly AppserviceNamespace[]
    readonly rooms: readonly AppserviceNamespace[]
  }
  /** Its requests count against the rate limits of users. */
  readonly isRateLimited: boolean
  /** Third-party networks that it knows. */
  readonly protocols: readonly string[]
  /** Typing, receipts and to-device messages are sent to it (MSC2409). */
  readonly receivesEphemeral: boolean
  /** Counts of keys and changes of device lists are sent to it (MSC3202). */
  readonly receivesKeyCounts: boolean
  /** Makes and deletes devices of its users itself, which then cannot log in (MSC4190). */
  readonly managesDevices: boolean
}

/** Whether the service may act as this user: its sender, or one of its namespaces. */
export function isOwnUser(service: Appservice, userId: string): boolean {
  return userId === service.sender || isIn(service.namespaces.users, userId)
}

/** Whether only this service may make the user. */
export function isExclusiveUser(service: Appservice, userId: string): boolean {
  return userId === service.sender || isExclusivelyIn(service.namespaces.users, userId)
}

export function isOwnAlias(service: Appservice, alias: string): boolean {
  return isIn(service.namespaces.aliases, alias)
}

export function isExclusiveAlias(service: Appservice, alias: string): boolean {
  return isExclusivelyIn(service.namespaces.aliases, alias)
}

export function isOwnRoomId(service: Appservice, roomId: string): boolean {
  return isIn(service.namespaces.rooms, roomId)
}

function isIn(namespaces: readonly AppserviceNamespace[], id: string): boolean {
  return namespaces.some((namespace) => namespace.matches(id))
}

function isExclusivelyIn(namespaces: readonly AppserviceNamespace[], id: string): boolean {
  return namespaces.some((namespace) => namespace.isExclusive && namespace.matches(id))
}
