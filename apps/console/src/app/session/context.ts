import type { Client } from '@glia/client'
import { createContext, use, useMemo, useSyncExternalStore } from 'react'
import type { Powers } from './powers.ts'
import type { Session } from './session.ts'
import { createSessionClient } from './session-client.ts'
import type { SessionStore } from './session-store.ts'
import type { TokenKeeper } from './token-keeper.ts'

/** What the whole console shares about who is signed in. */
export interface SessionServices {
  readonly store: SessionStore
  readonly keeper: TokenKeeper
}

export const SessionServicesContext = createContext<SessionServices | undefined>(undefined)

export function useSessionServices(): SessionServices {
  const services = use(SessionServicesContext)
  if (!services) throw new Error('There is no SessionServicesContext around this.')
  return services
}

/** The session, or undefined when nobody is signed in. */
export function useMaybeSession(): Session | undefined {
  const { store } = useSessionServices()
  return useSyncExternalStore(store.subscribe, () => store.current)
}

export interface SignedIn {
  readonly session: Session
  /** Calls the homeserver as the signed-in account. */
  readonly client: Client
  readonly powers: Powers
}

export const SignedInContext = createContext<SignedIn | undefined>(undefined)

/** For everything behind the sign-in page. */
export function useSignedIn(): SignedIn {
  const signedIn = use(SignedInContext)
  if (!signedIn) throw new Error('There is no SignedInContext around this.')
  return signedIn
}

/** Makes the client of a session; it stays the same while tokens are renewed. */
export function useSessionClient(baseUrl: string): Client {
  const { keeper } = useSessionServices()
  return useMemo(() => createSessionClient(baseUrl, keeper), [baseUrl, keeper])
}
