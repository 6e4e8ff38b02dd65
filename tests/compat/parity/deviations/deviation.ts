/** A difference from Synapse that is wanted. */
export interface Deviation {
  readonly areas: readonly string[]
  /** The answers it occurs in: in every one of them. Without it, in some answer of each area. */
  readonly labels?: readonly string[]
  /**
   * What Glia answers instead, by place: `status`, `body`, or a way into it (`body.rooms[].name`); `**` at the beginning stands for any way.
   * Undefined where Glia has no such field; `ANY` where the value does not matter.
   */
  readonly glia: Readonly<Record<string, unknown>>
  readonly reason: string
}

export const ANY = Symbol('any value')

/** Glia refuses with this, whatever Synapse does. */
export function refusal(status: number, errcode: string, error: string): Readonly<Record<string, unknown>> {
  return { status, body: { errcode, error } }
}

/** Both refuse with the same status, in other words. */
export function otherError(error: { errcode?: string; error?: string; soft_logout?: boolean }): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(error).map(([key, value]) => [`body.${key}`, value]))
}
