export { type IntrospectionDeps, introspectToken } from './introspect-token.ts'
export { introspectionRoutes } from './routes.ts'
