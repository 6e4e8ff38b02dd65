export { createIntrospectingAuthenticator } from './introspecting-authenticator.ts'
export { createIntrospector, type Introspector, type RemoteAuthSettings } from './introspector.ts'
export { createRemoteAuthLink } from './remote-auth-link.ts'
export { remoteDiscoveryRoutes } from './remote-discovery.ts'
