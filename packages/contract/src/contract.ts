import * as adminRegister from './admin/register.ts'
import * as adminServer from './admin/server.ts'
import * as clientSystem from './client/system.ts'
import type { AnyEndpoint } from './endpoint.ts'
import * as gliaHealth from './glia/health.ts'

/**
 * Every endpoint of Glia, by surface and resource. The typed client has a method for each (`client.admin.server.getServerVersion`), the
 * server refuses to start while one has no route.
 */
export const contract = {
  /** Client-Server API */
  client: { system: clientSystem },
  /** Synapse's Admin API */
  admin: { register: adminRegister, server: adminServer },
  /** Glia's own */
  glia: { health: gliaHealth },
} as const

export type Contract = typeof contract

/** All endpoints of the contract in one list. */
export function allEndpoints(): AnyEndpoint[] {
  return Object.values(contract).flatMap((surface) =>
    Object.values(surface).flatMap((resource) => Object.values(resource) as AnyEndpoint[]),
  )
}
