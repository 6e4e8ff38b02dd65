import type { AnyEndpoint, AuditTarget } from '@glia/contract'
import type { AuthAdminRequester, Origin, Requester } from './requester.ts'

/** Writes down what admins do (endpoints that `isAudited` of the contract names). */
export interface AuditTrail {
  /** Called before the handler: what cannot be written down does not happen. */
  begin(attempt: AuditAttempt): Promise<AuditEntry>
}

export interface AuditAttempt {
  readonly endpoint: AnyEndpoint
  /** Undefined where a shared secret opens the door. */
  readonly requester: Requester | AuthAdminRequester | undefined
  readonly origin: Origin
  readonly target: AuditTarget | undefined
  /** Path, query and body without secrets; parts without anything are left out. */
  readonly request: { readonly path?: object; readonly query?: object; readonly body?: object }
}

export interface AuditEntry {
  /** Called when the answer is known. Never throws. @param errcode of a refusal */
  end(outcome: { status: number; errcode: string | undefined }): Promise<void>
}
