import { createHash } from 'node:crypto'
import { eventTypes } from '@glia/protocol'

/** `[type, stateKey]`. `*` stands for any type or key, `$ME` for the own user id, `$LAZY` for the members that the timeline needs. */
export type StatePattern = readonly [type: string, stateKey: string]

/** Which state a client wants of a room: sorted, nothing twice. */
export type RequiredState = readonly StatePattern[]

export const ANY = '*'
const ME = '$ME'
const LAZY = '$LAZY'

export function requiredState(patterns: Iterable<StatePattern>): RequiredState {
  const byText = new Map([...patterns].map(([type, stateKey]) => [JSON.stringify([type, stateKey]), [type, stateKey] as const]))
  return [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, pattern]) => pattern)
}

const ids = new WeakMap<RequiredState, string>()

/** A short name for it, by its content. */
export function requiredStateId(required: RequiredState): string {
  const known = ids.get(required)
  if (known !== undefined) return known
  const id = createHash('sha256').update(JSON.stringify(required)).digest('base64url').slice(0, 12)
  ids.set(required, id)
  return id
}

/** Whether this entry of the state is wanted for itself; members that are loaded lazily are not. */
export function isRequired(required: RequiredState, type: string, stateKey: string, userId: string): boolean {
  return required.some(([wantedType, wantedKey]) => {
    if (wantedType !== ANY && wantedType !== type) return false
    return wantedKey === ANY || wantedKey === stateKey || (wantedKey === ME && stateKey === userId)
  })
}

/** Whether members are wanted as far as the timeline needs them. */
export function isLazy(required: RequiredState): boolean {
  return required.some(([type, stateKey]) => stateKey === LAZY && isMemberType(type))
}

export function wantsAllMembers(required: RequiredState): boolean {
  return required.some(([type, stateKey]) => stateKey === ANY && isMemberType(type))
}

/** Members that are wanted by name. */
export function namedMembers(required: RequiredState, userId: string): string[] {
  return required.flatMap(([type, stateKey]) => {
    if (!isMemberType(type) || stateKey === ANY || stateKey === LAZY) return []
    return stateKey === ME ? [userId] : [stateKey]
  })
}

/** Whether nothing can be required by `wider` that `required` does not hold already. */
export function holdsAll(required: RequiredState, wider: RequiredState): boolean {
  const known = new Set(required.map(([type, stateKey]) => JSON.stringify([type, stateKey])))
  return wider.every(([type, stateKey]) => known.has(JSON.stringify([type, stateKey])))
}

function isMemberType(type: string): boolean {
  return type === ANY || type === eventTypes.member
}
