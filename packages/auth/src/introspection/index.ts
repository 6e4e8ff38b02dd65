export { type IntrospectionDeps, introspectToken } from './introspect-token.ts'
export { introspectionRoutes, type TrustedIntrospector } from './routes.ts'
