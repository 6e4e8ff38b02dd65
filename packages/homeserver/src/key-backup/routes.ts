import { contract, MatrixError } from '@glia/contract'
import { type Route, route } from '@glia/http'
import type { JsonObject } from '@glia/protocol'
import type { KeyBackup } from './key-backup.ts'
import { readRoom, readSession, roomsToWire, roomToWire, sessionToWire, stateToWire, versionToWire } from './wire.ts'

export function keyBackupClientRoutes(deps: { keyBackup: KeyBackup }): Route[] {
  const { keyBackup } = deps
  return [...versionRoutes(keyBackup), ...writingRoutes(keyBackup), ...readingRoutes(keyBackup), ...deletingRoutes(keyBackup)]
}

const endpoints = contract.client.keyBackup

function versionRoutes(keyBackup: KeyBackup): Route[] {
  return [
    route(endpoints.createBackup, async ({ body, requester }) => {
      const backup = { algorithm: body.algorithm, authData: body.auth_data as JsonObject }
      return { version: String(await keyBackup.create(requester.userId, backup)) }
    }),
    route(endpoints.getCurrentBackup, async ({ requester }) => versionToWire(await keyBackup.get(requester.userId, undefined))),
    route(endpoints.getBackup, async ({ params, requester }) => versionToWire(await keyBackup.get(requester.userId, params.version))),
    route(endpoints.updateBackup, async ({ params, body, requester }) => {
      const change = { algorithm: body.algorithm, authData: body.auth_data as JsonObject, bodyVersion: body.version }
      await keyBackup.update(requester.userId, params.version, change)
      return {}
    }),
    route(endpoints.deleteBackup, async ({ params, requester }) => {
      await keyBackup.delete(requester.userId, params.version)
      return {}
    }),
  ]
}

function writingRoutes(keyBackup: KeyBackup): Route[] {
  return [
    route(endpoints.putKeys, async ({ query, body, requester }) => {
      const sessions = Object.entries(body.rooms).flatMap(([roomId, room]) => readRoom(roomId, room))
      return stateToWire(await keyBackup.putSessions(requester.userId, query.version, sessions))
    }),
    route(endpoints.putRoomKeys, async ({ params, query, body, requester }) => {
      const sessions = readRoom(params.roomId, body)
      return stateToWire(await keyBackup.putSessions(requester.userId, query.version, sessions))
    }),
    route(endpoints.putSessionKey, async ({ params, query, body, requester }) => {
      const sessions = [readSession(params.roomId, params.sessionId, body)]
      return stateToWire(await keyBackup.putSessions(requester.userId, query.version, sessions))
    }),
  ]
}

function readingRoutes(keyBackup: KeyBackup): Route[] {
  return [
    route(endpoints.getKeys, async ({ query, requester }) => roomsToWire(await keyBackup.sessions(requester.userId, query.version, {}))),
    route(endpoints.getRoomKeys, async ({ params, query, requester }) =>
      roomToWire(await keyBackup.sessions(requester.userId, query.version, { roomId: params.roomId })),
    ),
    route(endpoints.getSessionKey, async ({ params, query, requester }) => {
      const [session] = await keyBackup.sessions(requester.userId, query.version, params)
      if (!session) throw new MatrixError('M_NOT_FOUND', 'No room_keys found')
      return sessionToWire(session)
    }),
  ]
}

function deletingRoutes(keyBackup: KeyBackup): Route[] {
  return [
    route(endpoints.deleteKeys, async ({ query, requester }) =>
      stateToWire(await keyBackup.deleteSessions(requester.userId, query.version, {})),
    ),
    route(endpoints.deleteRoomKeys, async ({ params, query, requester }) =>
      stateToWire(await keyBackup.deleteSessions(requester.userId, query.version, { roomId: params.roomId })),
    ),
    route(endpoints.deleteSessionKey, async ({ params, query, requester }) =>
      stateToWire(await keyBackup.deleteSessions(requester.userId, query.version, params)),
    ),
  ]
}
