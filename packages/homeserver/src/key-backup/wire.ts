import type { JsonObject } from '@glia/protocol'
import type { NamedSession } from './backup-sessions.ts'
import type { BackupVersion } from './backup-versions.ts'
import type { BackupState } from './key-backup.ts'

/** A session in its wire form. */
export interface WireSession {
  first_message_index: number
  forwarded_count: number
  is_verified: boolean
  session_data: Record<string, unknown>
}

export interface WireRoom {
  sessions: Record<string, WireSession>
}

export function readSession(roomId: string, sessionId: string, session: WireSession): NamedSession {
  return {
    roomId,
    sessionId,
    firstMessageIndex: session.first_message_index,
    forwardedCount: session.forwarded_count,
    isVerified: session.is_verified,
    sessionData: session.session_data as JsonObject,
  }
}

export function readRoom(roomId: string, { sessions }: WireRoom): NamedSession[] {
  return Object.entries(sessions).map(([sessionId, session]) => readSession(roomId, sessionId, session))
}

export function sessionToWire(session: NamedSession): WireSession {
  return {
    first_message_index: session.firstMessageIndex,
    forwarded_count: session.forwardedCount,
    is_verified: session.isVerified,
    session_data: session.sessionData,
  }
}

export function roomToWire(sessions: readonly NamedSession[]): WireRoom {
  return { sessions: Object.fromEntries(sessions.map((session) => [session.sessionId, sessionToWire(session)])) }
}

export function roomsToWire(sessions: readonly NamedSession[]): { rooms: Record<string, WireRoom> } {
  const byRoom = Map.groupBy(sessions, ({ roomId }) => roomId)
  return { rooms: Object.fromEntries([...byRoom].map(([roomId, ofRoom]) => [roomId, roomToWire(ofRoom)])) }
}

export function versionToWire({ version, algorithm, authData, etag, count }: BackupVersion) {
  return { algorithm, auth_data: authData, count, etag: String(etag), version: String(version) }
}

export function stateToWire({ count, etag }: BackupState) {
  return { count, etag: String(etag) }
}
