interface Asked {
  /** ULID */
  readonly id: string
  readonly clientId: string
  readonly createdAtMs: number
  readonly expiresAtMs: number
  /** Sorted, separated by spaces. */
  readonly scope: string
  readonly userCode: string
  /** Of the device that asks. */
  readonly ip: string
  readonly userAgent: string
}

interface Decided extends Asked {
  /** In which browser it was decided. */
  readonly browserSessionId: string
  readonly decidedAtMs: number
}

export interface PendingDeviceGrant extends Asked {
  readonly stage: 'pending'
}
export interface FulfilledDeviceGrant extends Decided {
  readonly stage: 'fulfilled'
}
export interface RejectedDeviceGrant extends Decided {
  readonly stage: 'rejected'
}
export interface ExchangedDeviceGrant extends Decided {
  readonly stage: 'exchanged'
  readonly exchangedAtMs: number
  readonly sessionId: string
}

/** A device grant (RFC 8628): pending → fulfilled → exchanged, or pending → rejected. Each stage carries only its own data. */
export type DeviceGrant = PendingDeviceGrant | FulfilledDeviceGrant | RejectedDeviceGrant | ExchangedDeviceGrant

export function fulfill(grant: PendingDeviceGrant, by: { browserSessionId: string; nowMs: number }): FulfilledDeviceGrant {
  return { ...grant, stage: 'fulfilled', browserSessionId: by.browserSessionId, decidedAtMs: by.nowMs }
}

export function reject(grant: PendingDeviceGrant, by: { browserSessionId: string; nowMs: number }): RejectedDeviceGrant {
  return { ...grant, stage: 'rejected', browserSessionId: by.browserSessionId, decidedAtMs: by.nowMs }
}

export function exchange(grant: FulfilledDeviceGrant, into: { sessionId: string; nowMs: number }): ExchangedDeviceGrant {
  return { ...grant, stage: 'exchanged', sessionId: into.sessionId, exchangedAtMs: into.nowMs }
}
